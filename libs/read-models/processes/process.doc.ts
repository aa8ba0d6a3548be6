import type { RecordedEvent } from '#event-store';
import type { Failure } from '#kernel';
import type { OpenStatus, ProcessStarted, ProcessWireStatus } from '#workflow/published';

/** A process that did not get its subscription: in the audit, in no list. */
export const REFUSED = 'refused';
export type ProcessStatus = ProcessWireStatus | typeof REFUSED;

/** The same failure again and again, one after the other; the attempts themselves are in the audit. Times are ms since the epoch. */
export interface FailureCount {
  readonly failure: Failure;
  count: number;
  readonly first: number;
  last: number;
}

/**
 * Times are ms since the epoch. `order` counts what changed the state, so that the state after a step can be told. What does not hold is
 * left out: a document is mostly steps, and is written again and again.
 */
export interface StepDoc {
  key: string;
  readonly name: string;
  /** As on the wire. */
  status: string;
  attempts: number;
  /** What the process shows for it, while it is begun and not over. */
  shows?: OpenStatus;
  started?: number;
  completed?: number;
  order?: number;
  delta?: unknown;
  /** The delta is merged deeply, as the answer of a form is. */
  deep?: true;
  failure?: Failure;
  /** Oldest first, the last 50 different ones. */
  failures?: FailureCount[];
  assignee?: string;
  /** Who brought it where it is, when that was a person. */
  by?: string;
  /** Why it was passed over. */
  reason?: string;
  progress?: unknown;
}

export interface ProcessDoc {
  readonly started: Omit<ProcessStarted['data'], 'steps'>;
  status: ProcessStatus;
  lastStep: string | null;
  failedReason: string | null;
  failedAt: number | null;
  assignee: string;
  readonly startedAt: number;
  updatedAt: number;
  completions: number;
  readonly steps: StepDoc[];
  /** Values that operators set. */
  readonly edits: { readonly order: number; readonly path: string; readonly value: unknown }[];
  /** Beginnings of paths that count no more. */
  left: string[];
  /** Old path to new one. */
  renamed: Record<string, string>;
  undoing: boolean;
  hidden: boolean;
  note: string | null;
}

/** With a place for everything, so that all steps are objects of one shape. */
export const newStep = (key: string, name: string): StepDoc => ({
  key,
  name,
  status: 'pending',
  attempts: 0,
  shows: undefined,
  started: undefined,
  completed: undefined,
  order: undefined,
  delta: undefined,
  deep: undefined,
  failure: undefined,
  failures: undefined,
  assignee: undefined,
  by: undefined,
  reason: undefined,
  progress: undefined,
});

/** With the places again that its row has left out. */
export const completed = (doc: ProcessDoc): ProcessDoc =>
  Object.assign({}, doc, { steps: doc.steps.map((step) => Object.assign(newStep(step.key, step.name), step)) });

export function newProcess({ data: { steps, ...started } }: ProcessStarted, { metadata }: RecordedEvent): ProcessDoc {
  const at = metadata.time;
  return {
    started,
    status: 'created',
    lastStep: null,
    failedReason: null,
    failedAt: null,
    assignee: 'SYSTEM',
    startedAt: at,
    updatedAt: at,
    completions: 0,
    steps: steps.map(({ key, name }) => newStep(key, name)),
    edits: [],
    left: [],
    renamed: {},
    undoing: false,
    hidden: false,
    note: null,
  };
}
