import type { Clock, Ids, Outcome, Run } from '#kernel';
import type { EventLog } from '#event-store';
import type { CallbackTokens } from './callback-token.js';
import type { Effect } from './effects.js';
import type { Flow } from './instance.js';
import type { OpenWork } from './runtime.types.js';

export interface RuntimeOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly tokens: CallbackTokens;
  readonly effects: readonly Effect[];
  /** Open instances, from the worklist projection: all of them at start, those due by `dueBefore` on every sweep. */
  readonly openWork: (dueBefore?: number) => Iterable<OpenWork> | AsyncIterable<OpenWork>;
  /** False: commands are appended, but no intent and no effect (a process without the worker role). */
  readonly worker?: boolean;
  /** True when every other owner is dead, as the embedded store's free directory lock proves. */
  readonly othersDead?: boolean;
  /** Set where several workers share the log. */
  readonly shared?: Shared;
  /** After the start and after a pause no wait ends for lack of an answer for so long, ms; default 0. */
  readonly graceMs?: number;
  readonly observe?: Partial<Observer>;
}

/** One worker of several. What the others leave behind is driven by whoever keeps the time (see timekeeper.ts). */
export interface Shared {
  /** True while it is this one that drives overdue rows of the worklist, and polls. */
  readonly keepsTime: () => boolean;
}

/** Which attempt of which instance, and the flow that owed it. */
export interface Attempted {
  readonly stream: string;
  readonly run: Pick<Run, 'key' | 'attempt'>;
  readonly flow: Flow;
}

/** What metrics and the log want to know. Durations in ms. */
export interface Observer {
  appended(ms: number, events: number): void;
  /** An attempt has come back, however. */
  effect(name: string, outcome: Outcome, ms: number, of: Attempted): void;
  late(ms: number): void;
  /** An instance that this process cannot carry on (law 8), or a defect; it is left alone. */
  stuck(stream: string, error: unknown): void;
}
