import type { Failure } from '#kernel';

/** What a request has in every status. */
export interface RequestCommon {
  readonly step: string;
  readonly generation: number;
  /** Last attempt started; 0 before the first. */
  readonly attempt: number;
  /** Failures in a row since the last decision of an operator. */
  readonly failures: number;
  readonly input: unknown;
  readonly tokenKey: string;
  readonly deadline: number | undefined;
  readonly startedAt: number;
}

/** One logical request to the outside. Stages, steps and needs embed it; the union says what can be. */
export type Request = RequestCommon &
  (
    | { readonly status: 'intended'; readonly owner: string; readonly until: number }
    | { readonly status: 'retrying'; readonly notBefore: number; readonly failure: Failure }
    | {
        readonly status: 'accepted';
        readonly location: string | undefined;
        readonly pollAt: number | undefined;
        readonly closesAt: number;
      }
    | {
        /** The deadline passed: it is being asked about, or waits for a person or the answer after all. */
        readonly status: 'overdue';
        readonly doing: 'probe' | 'wait';
        readonly location: string | undefined;
        readonly since: number;
      }
    | { readonly status: 'done'; readonly result: unknown; readonly endedAt: number }
    | { readonly status: 'failed'; readonly failure: Failure; readonly endedAt: number }
    | { readonly status: 'resumed' }
  );

/** Nobody but the owner touches an attempt before this long after its `until` (law 7). */
export const TAKE_OVER_MS = 2_000;

export const requestKey = (step: string, generation: number): string => `${step}/${generation}`;

/** What failed so may have happened all the same: it is repeated under the same key (law 2). */
export const mayHaveTakenEffect = ({ kind }: Failure): boolean => kind === 'retryable' || kind === 'unknown';
