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

/** Times are ms since the epoch. `order` counts what changed the state, so that the state after a step can be told. */
export interface StepDoc {
  key: string;
  readonly name: string;
  /** As on the wire. */
  status: string;
  /** What the process shows for it; null while it is not begun and when it is over. */
  shows: OpenStatus | null;
  attempts: number;
  started: number | null;
  completed: number | null;
  order: number | null;
  delta: unknown;
  /** Whether the delta is merged deeply, as the answer of a form is. */
  deep: boolean;
  failure: Failure | null;
  /** Oldest first, the last 50 different ones. */
  failures: FailureCount[];
  assignee: string | null;
  /** Who brought it where it is, when that was a person. */
  by: string | null;
  /** Why it was passed over. */
  reason: string | null;
  progress: unknown;
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
  readonly renamed: Record<string, string>;
  undoing: boolean;
  hidden: boolean;
  note: string | null;
}

export const newStep = (key: string, name: string): StepDoc => ({
  key,
  name,
  status: 'pending',
  shows: null,
  attempts: 0,
  started: null,
  completed: null,
  order: null,
  delta: null,
  deep: false,
  failure: null,
  failures: [],
  assignee: null,
  by: null,
  reason: null,
  progress: null,
});

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
