import type { Cell } from '#kernel';
import type { OperationItem, PortfolioItem, ProcessItem, SubscriptionItem } from '#read-models';

/** Title and value of each column, in their order. Columns may be added at the end, never taken away. */
export type Columns<T> = Readonly<Record<string, (item: T) => Cell>>;

/** Spreadsheets read instants as text; RFC 3339 is the one that every program reads. */
const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const ofSeconds = (seconds: number | null): string | null => instant(seconds === null ? null : seconds * 1_000);

export const PORTFOLIO_COLUMNS: Columns<PortfolioItem> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  csp: ({ csp }) => csp,
  state: ({ state }) => state,
  phase: ({ phase }) => phase,
  stage: ({ stage }) => stage,
  created_at: ({ createdAt }) => instant(createdAt),
  updated_at: ({ updatedAt }) => instant(updatedAt),
};

export const PROCESS_COLUMNS: Columns<ProcessItem> = {
  process_id: (item) => item.process_id,
  workflow_name: (item) => item.workflow_name,
  workflow_target: (item) => item.workflow_target,
  is_task: (item) => item.is_task,
  last_status: (item) => item.last_status,
  last_step: (item) => item.last_step,
  assignee: (item) => item.assignee,
  failed_reason: (item) => item.failed_reason,
  created_by: (item) => item.created_by,
  product_id: (item) => item.product_id,
  customer_id: (item) => item.customer_id,
  subscription_ids: ({ subscriptions }) => subscriptions.map((each) => each.subscription_id).join(' '),
  started_at: (item) => ofSeconds(item.started_at),
  last_modified_at: (item) => ofSeconds(item.last_modified_at),
  note: (item) => item.note,
};

export const SUBSCRIPTION_COLUMNS: Columns<SubscriptionItem> = {
  subscription_id: (item) => item.subscription_id,
  description: (item) => item.description,
  status: (item) => item.status,
  insync: (item) => item.insync,
  product_id: (item) => item.product_id,
  product_name: (item) => item.product.name,
  customer_id: (item) => item.customer_id,
  start_date: (item) => ofSeconds(item.start_date),
  end_date: (item) => ofSeconds(item.end_date),
  version: (item) => item.version,
  note: (item) => item.note,
};

export const OPERATION_COLUMNS: Columns<OperationItem> = {
  id: ({ id }) => id,
  state: ({ state }) => state,
  code: ({ code }) => code,
  needs: ({ needs }) => needs.map(({ id, type }) => `${id}:${type}`).join(' '),
  attempts: ({ attempts }) => attempts,
  overdue: ({ overdue }) => overdue,
  next_due: ({ nextDue }) => instant(nextDue),
  last_error: ({ lastError }) => lastError && `${lastError.code}: ${lastError.message}`,
  parent: ({ parent }) => parent?.stream,
  created_at: ({ createdAt }) => instant(createdAt),
  updated_at: ({ updatedAt }) => instant(updatedAt),
};
