import type { RecordedEvent } from '#event-store';
import type { Failure } from '#kernel';
import type { ProcessStarted, StepEvent } from '#workflow/published';

export type StepStatus = 'pending' | 'running' | 'success' | 'failed' | 'waiting' | 'awaiting_callback';
export type ProcessStatus =
  'created' | 'running' | 'waiting' | 'awaiting_callback' | 'failed' | 'aborted' | 'completed' | typeof REFUSED;

/** A process that did not get its subscription: in the audit, in no list. */
export const REFUSED = 'refused';

/** Times are ms since the epoch. `order` counts completions, so that the state after a step can be told. */
export interface StepDoc {
  readonly key: string;
  readonly name: string;
  status: StepStatus;
  attempts: number;
  started: number | null;
  completed: number | null;
  order: number | null;
  delta: unknown;
  failure: Failure | null;
}

export interface ProcessDoc {
  readonly started: Omit<ProcessStarted['data'], 'steps'>;
  status: ProcessStatus;
  lastStep: string | null;
  failedReason: string | null;
  failedAt: number | null;
  readonly startedAt: number;
  updatedAt: number;
  completions: number;
  readonly steps: StepDoc[];
}

const newStep = (key: string, name: string): StepDoc => ({
  key,
  name,
  status: 'pending',
  attempts: 0,
  started: null,
  completed: null,
  order: null,
  delta: null,
  failure: null,
});

/** Changes `doc` in place: of a big document an event touches one step. */
export function foldProcess(doc: ProcessDoc | undefined, event: RecordedEvent): ProcessDoc | undefined {
  const at = event.metadata.time;
  if (event.type === 'ProcessStarted') {
    const { steps, ...started } = (event as never as ProcessStarted).data;
    return {
      started,
      status: 'created',
      lastStep: null,
      failedReason: null,
      failedAt: null,
      startedAt: at,
      updatedAt: at,
      completions: 0,
      steps: steps.map(({ key, name }) => newStep(key, name)),
    };
  }
  if (doc === undefined) return undefined;
  if (event.type === 'ProcessCompleted') return Object.assign(doc, { status: 'completed', updatedAt: at });
  if (event.type === 'ProcessAborted') return Object.assign(doc, { status: 'aborted', failedAt: null, updatedAt: at });
  if (event.type === 'ProcessRefused') return Object.assign(doc, { status: REFUSED, updatedAt: at });
  return isDuty(event as never) ? Object.assign(doc, { updatedAt: at }) : withStep(doc, event as never, at);
}

/** What a process owes beside its steps is no row of it. */
const isDuty = ({ data }: StepEvent): boolean => data.step.startsWith('$');

function changeOf({ type, data }: StepEvent, step: StepDoc, doc: ProcessDoc, at: number): Partial<StepDoc> {
  switch (type) {
    case 'StepStarted':
      return { status: 'running', attempts: data.attempt, started: step.started ?? at };
    case 'StepRequested':
      return { status: 'awaiting_callback' };
    case 'StepOverdue':
      return { status: 'awaiting_callback' };
    case 'StepRetryScheduled':
      return { status: 'waiting', failure: data.failure ?? null };
    case 'StepCompleted':
      return { status: 'success', completed: at, order: doc.completions + 1, delta: data.result, failure: null };
    case 'StepFailed':
      return { status: 'failed', completed: at, failure: data.failure ?? null };
    case 'StepHandedBack':
      return { status: 'waiting' };
    case 'StepResumed':
      return { status: 'pending', completed: null };
    default:
      throw new Error(`processes do not know ${type}`);
  }
}

/** Steps that a for-each makes are not pinned: they appear when they start. */
function withStep(doc: ProcessDoc, event: StepEvent, at: number): ProcessDoc {
  const key = event.data.step;
  const known = doc.steps.find((step) => step.key === key);
  const step = known ?? newStep(key, key);
  const change = changeOf(event, step, doc, at);
  if (known === undefined) doc.steps.push(step);
  Object.assign(step, change);
  const failed = doc.steps.find(({ status }) => status === 'failed');
  const over = doc.status === 'aborted' || doc.status === 'completed' || doc.status === REFUSED;
  if (!over) doc.status = statusOf(doc.steps);
  doc.lastStep = step.name;
  doc.failedReason = failed?.failure?.message ?? null;
  doc.failedAt = failed && !over ? (doc.failedAt ?? at) : null;
  doc.updatedAt = at;
  if (event.type === 'StepCompleted') doc.completions++;
  return doc;
}

/** With branches the most urgent wins: what needs a person, then what runs, then what waits. */
function statusOf(steps: readonly StepDoc[]): ProcessStatus {
  const has = (status: StepStatus) => steps.some((step) => step.status === status);
  if (has('failed')) return 'failed';
  if (has('running')) return 'running';
  if (has('awaiting_callback')) return 'awaiting_callback';
  return has('waiting') ? 'waiting' : 'running';
}
