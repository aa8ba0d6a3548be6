import type { DomainEvent } from './messages.js';

/** A state machine whose state is the fold of its events. `decide` may throw a {@link Refusal}; all three are pure. */
export interface Decider<S, C, E extends DomainEvent> {
  initial(): S;
  decide(command: C, state: S): readonly E[];
  evolve(state: S, event: E): S;
}

/** Names the attempt's owner in an intent (law 7). Times are milliseconds since the epoch. */
export interface IntentBy {
  readonly owner: string;
  readonly until: number;
  readonly time: number;
  /** What this request's callback address is made of (key and origin), frozen with the first intent (law 2). */
  readonly tokenKey: string;
  /** Deadline told to the other side, ms since the epoch; undefined for requests that end at once. */
  readonly deadline?: number;
}

/** The world is owed `effect` under `key`. */
export interface Run<E extends DomainEvent = DomainEvent> {
  readonly kind: 'run';
  /** Logical request key: step path and generation; the runner prefixes the stream (law 2). */
  readonly key: string;
  readonly effect: string;
  readonly attempt: number;
  /** Everything the effect needs, frozen by the first intent. Plain JSON, references instead of secrets. */
  readonly input: unknown;
  /** Not before this time: retry back-off, poll interval, or the end of a foreign attempt plus 2 s (law 7). */
  readonly notBefore: number;
  /** The owner of an attempt whose outcome is unknown to the log; while it is this runner's own and running, nothing is done. */
  readonly owner?: string;
  /** Until when that attempt is its owner's. */
  readonly until?: number;
  /** Pace of a repeated read whose answer named none, in ms. */
  readonly everyMs?: number;
  /** What the first intent froze beside the input: token key, and the deadline (ms) told to the other side. */
  readonly tokenKey?: string;
  readonly deadline?: number;
  /** Time until the deadline that the first intent is to freeze, ms. */
  readonly deadlineMs?: number;
  /** The event that must be on disk before the effect leaves (law 1). Absent for a pure read (poll, probe), which may repeat. */
  readonly intent?: (by: IntentBy) => E;
}

/** Nothing to do until a time, a callback or a person. With `until`, `Due{key}` is decided when it has passed. */
export interface Wait {
  readonly kind: 'wait';
  readonly key: string;
  readonly until?: number;
  /**
   * The wait is for an answer from outside and ends for lack of one at `until`: held back while the engine is paused and for a while
   * after. `ask`: how it stands can be asked first.
   */
  readonly deadline?: 'ask' | 'end';
}

export type Owed<E extends DomainEvent = DomainEvent> = Run<E> | Wait;

/** A decider that the runner drives: `next` tells what is owed now; several at once are branches. Pure. */
export interface DrivenDecider<S, C, E extends DomainEvent> extends Decider<S, C | Driving, E> {
  next(state: S): readonly Owed<E>[];
}

/** How an effect ended, or did not yet (laws 3 to 5). */
export type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'accepted'; readonly location?: string; readonly retryAfterMs?: number }
  | {
      readonly kind: 'pending';
      readonly location?: string;
      readonly retryAfterMs?: number;
      /** What the other side tells of how far it is. */
      readonly progress?: unknown;
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type FailureKind = 'retryable' | 'refused' | 'unknown' | 'invalid_result';

/** Typed failure with the other side's code and message. `retryAfterMs` is what it asked for. */
export interface Failure {
  readonly kind: FailureKind;
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly fields?: readonly { readonly pointer: string; readonly message: string }[];
  /** Where our own code threw; bounded. */
  readonly traceback?: string;
}

/** The runner's own commands. Every driven decider decides them against its state; what does not fit is silence (law 4). */
export type Driving =
  | {
      readonly type: 'Outcome';
      readonly key: string;
      readonly attempt: number;
      readonly outcome: Outcome;
      readonly time: number;
      /** 0 <= jitter < 1, drawn by the runner so that `decide` stays pure. */
      readonly jitter: number;
      /** An answer that reached us by callback rather than as the reply to an attempt. */
      readonly via?: 'callback';
      /** What a repeat of that callback is recognised by. */
      readonly callbackId?: string;
    }
  | {
      readonly type: 'Due';
      readonly key: string;
      readonly time: number;
      readonly jitter: number;
      /** The deadline was held back because answers could not come in: where it can be asked how it stands, that comes first. */
      readonly askFirst?: true;
    }
  | { readonly type: 'HandBack'; readonly owner: string; readonly keys: readonly string[]; readonly time: number };
