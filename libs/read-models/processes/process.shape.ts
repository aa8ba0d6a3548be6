import type { ProcessRow } from '../database/tables.js';
import type { ProcessDoc, StepDoc, StepStatus } from './process.doc.js';

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
  /** No workflow asks a person while it runs. */
  readonly form: null;
  readonly note: null;
}
export interface Step {
  readonly step_id: string;
  readonly key: string;
  readonly name: string;
  readonly status: StepStatus;
  readonly created_by: string;
  readonly retries: number;
  readonly started: number | null;
  readonly completed: number | null;
  /** Old name of `completed`. */
  readonly executed: number | null;
  readonly commit_hash: null;
  readonly failure: StepDoc['failure'];
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
  return [head, message, ...named].join('\n').slice(0, LONGEST_TRACEBACK);
}

const seconds = (ms: number): number => Number(ms) / 1000;
const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : seconds(ms));

export function processItem(
  row: Omit<ProcessRow, 'doc' | 'revision' | 'position' | 'failed_at'>,
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
    assignee: 'SYSTEM',
    last_modified_at: seconds(row.updated_at),
    traceback: null,
    product_id: row.product_id,
    customer_id: row.customer_id,
    subscriptions: related.map((subscription_id) => ({ subscription_id })),
    current_state: null,
    steps: null,
    form: null,
    note: null,
  };
}

/** States are not stored per step: they are the deltas, merged in the order of completion. */
export function processDetail(item: ProcessItem, doc: ProcessDoc): ProcessDetail {
  const states = new Map<string, Record<string, unknown>>();
  let state: Record<string, unknown> = { ...doc.started.state };
  const done = doc.steps.filter((step) => step.order !== null).sort((a, b) => a.order! - b.order!);
  for (const step of done) {
    if (typeof step.delta === 'object' && !Array.isArray(step.delta)) state = { ...state, ...step.delta };
    states.set(step.key, state);
  }
  const steps = doc.steps.map((step) => shapeOf(step, item, states.get(step.key) ?? null));
  return { ...item, traceback: tracebackOf(doc), current_state: state, steps };
}

const shapeOf = (step: StepDoc, item: ProcessItem, state: Record<string, unknown> | null): Step => ({
  step_id: `${item.process_id}/${step.key}`,
  key: step.key,
  name: step.name,
  status: step.status,
  created_by: item.created_by,
  retries: Math.max(0, step.attempts - 1),
  started: secondsOrNull(step.started),
  completed: secondsOrNull(step.completed),
  executed: secondsOrNull(step.completed),
  commit_hash: null,
  failure: step.failure,
  state,
  state_delta: step.delta,
});
