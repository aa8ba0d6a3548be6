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
  readonly product_id: string | null;
  readonly customer_id: string | null;
  readonly subscriptions: readonly { readonly subscription_id: string }[];
  readonly current_state: Readonly<Record<string, unknown>> | null;
  readonly steps: readonly Step[] | null;
}
export interface Step {
  readonly step_id: string;
  readonly key: string;
  readonly name: string;
  readonly status: StepStatus;
  readonly retries: number;
  readonly started: number | null;
  readonly completed: number | null;
  readonly failure: StepDoc['failure'];
  /** State after the step; null while it is not done. */
  readonly state: Readonly<Record<string, unknown>> | null;
  readonly state_delta: unknown;
}
export type ProcessDetail = ProcessItem & {
  readonly current_state: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
};

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
    product_id: row.product_id,
    customer_id: row.customer_id,
    subscriptions: related.map((subscription_id) => ({ subscription_id })),
    current_state: null,
    steps: null,
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
  const steps = doc.steps.map((step) => shapeOf(step, item.process_id, states.get(step.key) ?? null));
  return { ...item, current_state: state, steps };
}

const shapeOf = (step: StepDoc, processId: string, state: Record<string, unknown> | null): Step => ({
  step_id: `${processId}/${step.key}`,
  key: step.key,
  name: step.name,
  status: step.status,
  retries: Math.max(0, step.attempts - 1),
  started: secondsOrNull(step.started),
  completed: secondsOrNull(step.completed),
  failure: step.failure,
  state,
  state_delta: step.delta,
});
