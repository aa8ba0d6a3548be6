import type { Request } from '#runtime';
import type { PinnedStep, ProcessClaim, ProcessParent, ProcessRefused, Target } from '../published/index.js';

export type Data = Readonly<Record<string, unknown>>;

export interface ProcessCommon {
  readonly workflow: string;
  readonly version: number;
  readonly target: Target;
  readonly isTask: boolean;
  readonly createdBy: string;
  readonly product: { readonly productId: string; readonly name: string } | undefined;
  readonly customerId: string | undefined;
  readonly claims: ProcessClaim | undefined;
  readonly parent: ProcessParent | undefined;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** As pinned by the first event (law 8). */
  readonly steps: readonly PinnedStep[];
  /** Along `steps`. */
  readonly requests: readonly (Request | undefined)[];
  /** Requests of steps inside a for-each, by path. */
  readonly dynamic: Readonly<Record<string, Request>>;
  /** What it owes beside its steps (see duties), by a path that begins with `$`. */
  readonly duties: Readonly<Record<string, Request>>;
  /** How many of `steps` are done from the first on without a gap: the place in a sequence. */
  readonly position: number;
  /** Initial state and every step's delta, merged. */
  readonly data: Data;
}

export type ProcessState =
  | { readonly status: 'none' }
  | (ProcessCommon &
      (
        | { readonly status: 'created' | 'running' | 'waiting' | 'awaiting_callback' | 'failed' }
        | { readonly status: 'aborted'; readonly reason: string | undefined; readonly endedAt: number }
        | { readonly status: 'completed'; readonly endedAt: number }
        | { readonly status: 'refused'; readonly refusal: ProcessRefused['data']; readonly endedAt: number }
      ));

export type StartedProcess = Exclude<ProcessState, { status: 'none' }>;
export type OpenStatus = 'created' | 'running' | 'waiting' | 'awaiting_callback' | 'failed';

export type EndedProcess = Extract<StartedProcess, { endedAt: number }>;

export const hasEnded = (state: StartedProcess): state is EndedProcess => 'endedAt' in state;

/** Of what a process owes beside its steps; no step key begins so. */
export const isDuty = (path: string): boolean => path.startsWith('$');

/** The request of the step, or of the duty, at a path. */
export function requestAt(state: ProcessCommon, path: string): Request | undefined {
  if (isDuty(path)) return state.duties[path];
  const at = pinnedIndex(state, path);
  return at < 0 ? state.dynamic[path] : state.requests[at];
}

/** Index in `steps`, -1 for a step inside a for-each. In a sequence the step asked for is nearly always the current one. */
export function pinnedIndex(state: ProcessCommon, path: string): number {
  if (state.steps[state.position]?.key === path) return state.position;
  return state.steps.findIndex((each) => each.key === path);
}

/** All requests there are, pinned ones first. */
export function allRequests(state: ProcessCommon): readonly Request[] {
  return [...state.requests.filter((each) => each !== undefined), ...Object.values(state.dynamic)];
}
