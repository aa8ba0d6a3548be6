import type { Clock } from '#kernel';
import type { EventSpec } from '#event-store';
import type { AnyDecider, Dispatcher, Effect } from '#runtime';
import type { Data, ProcessClaim, StartedProcess, WorkflowDefinition } from '../index.js';

/** What fakes may use: the time of the run, and the log as it is now. */
export interface Ports {
  readonly clock: Clock;
  readonly dispatcher: () => Dispatcher;
}

/** Runs another workflow to its end, undisturbed, as one that has been there before. */
export type RunBefore = (workflow: string, state: Data) => Promise<StartedProcess>;

/** The world a definition is tried in, made anew for each run. It must give the same answers in each, so no randomness and no real time. */
export interface Fakes {
  /** Deciders of the other streams that steps write to, by category, and the events of all of them. */
  readonly deciders?: Readonly<Record<string, AnyDecider>>;
  readonly events?: readonly EventSpec<string, never>[];
  /** What those streams owe. */
  readonly effects?: (ports: Ports) => readonly Effect[];
  /** Other definitions: sub-workflows, and what `before` runs. */
  readonly workflows?: readonly WorkflowDefinition[];
  /** The subscription that a start claims; absent or undefined: none. */
  readonly claims?: (
    definition: WorkflowDefinition,
    state: Data,
    dispatcher: Dispatcher,
  ) => Promise<ProcessClaim | undefined>;
  /** Runs what must be there and answers the initial state; absent: the definition starts with `{}`. */
  readonly before?: (run: RunBefore) => Promise<Data>;
  /** Answers of people, by path of the input step; an index of a for-each is written `*`. */
  readonly answers?: Readonly<Record<string, Data>>;
  /** What the other side calls back with, by path of the step that waits. */
  readonly callbacks?: Readonly<Record<string, unknown>>;
  /** What the world outside holds: plain JSON, compared at the end. */
  readonly outside?: () => unknown;
}

/** The definition, or how it is made against the fakes of one run. */
export type Under<F extends Fakes> = WorkflowDefinition | ((fakes: F) => WorkflowDefinition);

export const made = <F extends Fakes>(definition: Under<F>, fakes: F): WorkflowDefinition =>
  typeof definition === 'function' ? definition(fakes) : definition;
