import type { ProcessRow } from '../database/tables.js';
import { mergeAt, nestsOf, pointerParts, setAt, deeply, type Data } from '#workflow/published';
import type { Failure } from '#kernel';
import type { FailureCount, ProcessDoc, StepDoc } from './process.doc.js';

/** The Workflow Orchestrator's ProcessSchema; times are seconds since the epoch with fractions. */
export interface ProcessItem {
  readonly process_id: string;
  readonly workflow_name: string;
  readonly workflow_target: string;
  readonly is_task: boolean;
  readonly created_by: string;
  readonly failed_reason: string | null;
  readonly started_at: number;
  readonly last_status: string;
  readonly last_step: string | null;
  readonly assignee: string;
  readonly last_modified_at: number;
  /** What the failed step answered, in full; null in lists and while nothing has failed. */
  readonly traceback: string | null;
  readonly product_id: string | null;
  readonly customer_id: string | null;
  readonly subscriptions: readonly { readonly subscription_id: string }[];
  readonly current_state: Readonly<Record<string, unknown>> | null;
  readonly steps: readonly Step[] | null;
  /** JSON Schema of the page that waits for a person; null in lists and while none waits. */
  readonly form: object | null;
  readonly note: string | null;
}
export interface Step {
  readonly step_id: string;
  readonly key: string;
  readonly name: string;
  readonly status: string;
  readonly created_by: string;
  readonly retries: number;
  readonly started: number | null;
  readonly completed: number | null;
  /** Old name of `completed`. */
  readonly executed: number | null;
  readonly commit_hash: null;
  readonly failure: Failure | null;
  /** Every different failure with how often it came in a row; times are ms since the epoch. */
  readonly failures: readonly FailureCount[];
  /** Why an operator passed over it. */
  readonly reason: string | null;
  /** What the other side told last of how far it is. */
  readonly progress: unknown;
  /** State after the step; null while it is not done. */
  readonly state: Readonly<Record<string, unknown>> | null;
  readonly state_delta: unknown;
}
export type ProcessDetail = ProcessItem & {
  readonly current_state: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
};

/** Characters, as the Workflow Orchestrator cuts it. */
const LONGEST_TRACEBACK = 50_000;

function tracebackOf({ steps }: ProcessDoc): string | null {
  const step = steps.find(({ status }) => status === 'failed');
  if (!step?.failure) return null;
  const { kind, code, message, status, fields = [] } = step.failure;
  const head = `Step ${step.name} (${step.key}), attempt ${step.attempts}: ${kind} ${code}${status === undefined ? '' : ` ${status}`}`;
  const named = fields.map((field) => `  ${field.pointer || '/'} ${field.message}`);
  const thrown = step.failure.traceback === undefined ? [] : [step.failure.traceback];
  return [head, message, ...named, ...thrown].join('\n').slice(-LONGEST_TRACEBACK);
}

const seconds = (ms: number): number => Number(ms) / 1000;
const secondsOrNull = (ms: number | undefined): number | null => (ms === undefined ? null : seconds(ms));

export function processItem(
  row: Omit<ProcessRow, 'doc' | 'revision' | 'position' | 'hidden' | 'failed_at' | 'search'>,
  related: readonly string[],
): ProcessItem {
  return {
    process_id: row.id,
    workflow_name: row.workflow,
    workflow_target: row.target,
    is_task: row.is_task !== 0,
    created_by: row.created_by,
    failed_reason: row.failed_reason,
    started_at: seconds(row.started_at),
    last_status: row.last_status,
    last_step: row.last_step,
    assignee: row.assignee,
    last_modified_at: seconds(row.updated_at),
    traceback: null,
    product_id: row.product_id,
    customer_id: row.customer_id,
    subscriptions: related.map((subscription_id) => ({ subscription_id })),
    current_state: null,
    steps: null,
    form: null,
    note: row.note,
  };
}

/** States are not stored per step: they are the deltas, merged where they belong in the order in which they came. */
export function processDetail(item: ProcessItem, doc: ProcessDoc): ProcessDetail {
  const states = new Map<string, Data>();
  let state: Data = doc.started.state;
  for (const change of changesOf(doc)) {
    state = 'path' in change ? edited(state, change) : added(state, change, doc);
    if ('key' in change) states.set(change.key, state);
  }
  const steps = doc.steps.map((step) => shapeOf(step, item, states.get(step.key) ?? null));
  return { ...item, traceback: tracebackOf(doc), current_state: state, steps };
}

type Change = StepDoc | ProcessDoc['edits'][number];

const changesOf = (doc: ProcessDoc): readonly Change[] =>
  [...doc.steps.filter(({ order }) => order !== undefined), ...doc.edits].sort((a, b) => a.order! - b.order!);

const edited = (state: Data, { path, value }: ProcessDoc['edits'][number]): Data =>
  (setAt(state, pointerParts(path) ?? [], value) as Data | undefined) ?? state;

/** What is undone, and what a branch brings that counts no more, adds nothing. */
function added(state: Data, { key, delta, deep }: StepDoc, { left }: ProcessDoc): Data {
  if (typeof delta !== 'object' || delta === null || Array.isArray(delta) || key.startsWith('$')) return state;
  if (left.some((prefix) => key.startsWith(prefix))) return state;
  return mergeAt(state, nestsOf(key), delta, deep ? deeply : undefined);
}

const shapeOf = (step: StepDoc, item: ProcessItem, state: Data | null): Step => ({
  step_id: `${item.process_id}/${step.key}`,
  key: step.key,
  name: step.name,
  status: step.status,
  created_by: step.by ?? item.created_by,
  retries: Math.max(0, step.attempts - 1),
  started: secondsOrNull(step.started),
  completed: secondsOrNull(step.completed),
  executed: secondsOrNull(step.completed),
  commit_hash: null,
  failure: step.failure ?? null,
  failures: step.failures ?? [],
  reason: step.reason ?? null,
  progress: step.progress ?? null,
  state,
  state_delta: step.delta ?? null,
});
