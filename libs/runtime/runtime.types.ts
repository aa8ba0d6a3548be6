import type { CommandContext, DomainEvent, DrivenDecider, Decider } from '#kernel';
import type { RecordedEvent } from '#event-store';

/** A category's decider; driven ones have `next`. */
export type AnyDecider = Decider<any, any, any> & Partial<Pick<DrivenDecider<any, any, any>, 'next'>>;

/** What a command did. `repeated`: the command id was seen before and nothing was appended (law 9). */
export interface Dispatched<S = unknown> {
  readonly stream: string;
  readonly state: S;
  readonly revision: number;
  readonly position: number;
  readonly events: readonly DomainEvent[];
  readonly repeated: boolean;
}

export interface Loaded<S = unknown> {
  readonly state: S;
  /** -1 when the stream does not exist. */
  readonly revision: number;
  readonly position: number;
  /** First event, for idempotent creation (its metadata.bodyHash). */
  readonly first: RecordedEvent | undefined;
}

/** `people`: five tries on conflict, then 409; `machine`: until decided; `callback`: for 3 s, then 503. */
export type Patience = 'people' | 'machine' | 'callback';

/** What contexts and the HTTP layer use. Throws a Refusal of `decide`, or a StoreError. */
export interface Dispatcher {
  dispatch<S>(
    stream: string,
    command: { readonly type: string },
    context: CommandContext,
    patience?: Patience,
  ): Promise<Dispatched<S>>;
  /** Folds the stream as it is now, or as it was after `revision`. */
  load<S>(stream: string, upTo?: number): Promise<Loaded<S>>;
}

/** Row of the worklist: an instance that is not at rest. */
export interface OpenWork {
  readonly stream: string;
  readonly run: boolean;
  readonly due: number | null;
}
