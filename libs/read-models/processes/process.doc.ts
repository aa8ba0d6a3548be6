import type { RecordedEvent } from '#event-store';
import type { Failure } from '#kernel';
import type { ProcessStarted, StepEvent } from '#workflow/published';

export type StepStatus = 'pending' | 'running' | 'success' | 'failed' | 'waiting' | 'awaiting_callback';
export type ProcessStatus =
  'created' | 'running' | 'waiting' | 'awaiting_callback' | 'failed' | 'aborted' | 'completed';

/** Times are ms since the epoch. `order` counts completions, so that the state after a step can be told. */
export interface StepDoc {
  readonly key: string;
  readonly name: string;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly started: number | null;
  readonly completed: number | null;
  readonly order: number | null;
  readonly delta: unknown;
  readonly failure: Failure | null;
}

export interface ProcessDoc {
  readonly started: Omit<ProcessStarted['data'], 'steps'>;
  readonly status: ProcessStatus;
  readonly lastStep: string | null;
  readonly failedReason: string | null;
  readonly failedAt: number | null;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly completions: number;
  readonly steps: readonly StepDoc[];
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
  if (event.type === 'ProcessCompleted') return { ...doc, status: 'completed', updatedAt: at };
  if (event.type === 'ProcessAborted') return { ...doc, status: 'aborted', failedAt: null, updatedAt: at };
  return withStep(doc, event as never, at);
}

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
  const known = doc.steps.some((step) => step.key === key) ? doc.steps : [...doc.steps, newStep(key, key)];
  const steps = known.map((step) => (step.key === key ? { ...step, ...changeOf(event, step, doc, at) } : step));
  const failed = steps.find((step) => step.status === 'failed');
  const over = doc.status === 'aborted' || doc.status === 'completed';
  return {
    ...doc,
    steps,
    status: over ? doc.status : statusOf(steps),
    lastStep: steps.find((step) => step.key === key)!.name,
    failedReason: failed?.failure?.message ?? null,
    failedAt: failed && !over ? (doc.failedAt ?? at) : null,
    updatedAt: at,
    completions: doc.completions + (event.type === 'StepCompleted' ? 1 : 0),
  };
}

/** With branches the most urgent wins: what needs a person, then what runs, then what waits. */
function statusOf(steps: readonly StepDoc[]): ProcessStatus {
  const has = (status: StepStatus) => steps.some((step) => step.status === status);
  if (has('failed')) return 'failed';
  if (has('running')) return 'running';
  if (has('awaiting_callback')) return 'awaiting_callback';
  return has('waiting') ? 'waiting' : 'running';
}
