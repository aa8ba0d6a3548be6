import type { Generated } from 'kysely';

/** One schema for SQLite and PostgreSQL: texts, whole numbers (times in ms since the epoch), JSON as text. */
export interface Tables {
  causes: CauseRow;
  checkpoints: CheckpointRow;
  streams: StreamRow;
  parked: ParkedRow;
  parked_beside: ParkedRow;
  worklist: WorklistRow;
  portfolios: PortfolioRow;
  portfolio_children: PortfolioChildRow;
  processes: ProcessRow;
  process_subscriptions: ProcessSubscriptionRow;
  subscriptions: SubscriptionRow;
  subscription_uses: SubscriptionUseRow;
  catalogue: CatalogueRow;
  customer_descriptions: CustomerDescriptionRow;
  operations: OperationRow;
  schedules: ScheduleRow;
  occurrences: OccurrenceRow;
  measured_instances: MeasuredInstanceRow;
  open_steps: OpenStepRow;
  series: SeriesRow;
}

export interface CheckpointRow {
  projection: string;
  version: number;
  log_id: string;
  position: number;
  /** The one projector that may move it; empty when it has let go. */
  owner: Generated<string>;
  /** Rises while the owner lives. */
  beat: Generated<number>;
  /** Of a rebuild: since when (ms) and from where its position moves, and why it does not. */
  began_at: number | null;
  began_from: number | null;
  trouble: string | null;
}

/** An event that a projection could not take in. `kind` `unknown`: no code here for it (law 8); `failed`: its handler threw. */
export interface ParkedRow {
  stream: string;
  revision: number;
  projection: string;
  type: string;
  position: number;
  kind: string;
  reason: string;
}

/** Where a stream first holds something that is due to a cause: the id of a flow, or the key of a request that sent a command there. */
export interface CauseRow {
  cause: string;
  stream: string;
  revision: number;
  position: number;
}

/** A stream as it began, and what people know it by now. `id` is its name. */
export interface StreamRow {
  id: string;
  category: string;
  /** Of its first event. */
  type: string;
  actor: string;
  created_at: number;
  label: string | null;
  search: string;
  position: number;
}

export interface WorklistRow {
  stream: string;
  category: string;
  run: number;
  due: number | null;
  since: number;
  /** Until when an attempt is under way; null while none is. */
  busy: number | null;
  position: number;
}

/** Every row made from one stream knows the last event it holds: what is at or below it changes nothing. */
export interface Folded {
  id: string;
  revision: number;
  position: number;
  /** The detail as JSON. */
  doc: string;
}

export interface PortfolioRow extends Folded {
  name: string;
  csp: string;
  state: string;
  state_since: number;
  phase: string;
  stage: string | null;
  created_at: number;
  updated_at: number;
  failed_at: number | null;
  /** Words, see `searchable`. */
  search: string;
}

/** A portfolio that named another as its parent. */
export interface PortfolioChildRow {
  parent: string;
  child: string;
  position: number;
}

export interface ProcessRow extends Folded {
  workflow: string;
  target: string;
  is_task: number;
  created_by: string;
  last_status: string;
  last_step: string | null;
  failed_reason: string | null;
  product_id: string | null;
  customer_id: string | null;
  assignee: string;
  note: string | null;
  /** 1: in no list, whoever asks for it by its id. */
  hidden: number;
  started_at: number;
  updated_at: number;
  failed_at: number | null;
  /** Words, see `searchable`. */
  search: string;
}

export interface ProcessSubscriptionRow {
  subscription_id: string;
  process_id: string;
  workflow: string;
  target: string;
  position: number;
}

/** Where a customer description is, or was: the subscription's document has the rest. */
export interface CustomerDescriptionRow {
  id: string;
  subscription_id: string;
  position: number;
}

/** Products, and what people said of blocks, resource types and workflows. */
export interface CatalogueRow extends Folded {
  kind: string;
  name: string;
}

export interface SubscriptionUseRow {
  used_id: string;
  user_id: string;
  /** What the user told last, or `released`. */
  user_status: string;
  position: number;
}

export interface OperationRow extends Folded {
  state: string;
  code: number;
  /** Resource types between commas, with one at both ends. */
  types: string;
  /** When the next retry, poll or deadline is due. */
  next_due: number | null;
  /** The earliest deadline of what the other side has. */
  closes_at: number | null;
  overdue_since: number | null;
  created_at: number;
  updated_at: number;
  failed_at: number | null;
  /** Words, see `searchable`. */
  search: string;
}

export interface SubscriptionRow extends Folded {
  product_id: string;
  product_name: string;
  customer_id: string;
  description: string;
  status: string;
  insync: number;
  start_date: number | null;
  end_date: number | null;
  created_at: number;
  updated_at: number;
  /** Words, see `searchable`. */
  search: string;
}

export interface ScheduleRow extends Folded {
  workflow: string;
  status: string;
  created_at: number;
}

/** An instant of a schedule and what became of it. */
export interface OccurrenceRow extends Folded {
  schedule_id: string;
  at: number;
  state: string;
}

/** What must be known of an instance to measure its events. */
export interface MeasuredInstanceRow {
  stream: string;
  revision: number;
  position: number;
  doc: string;
}

/** A step, stage or request that is not over. */
export interface OpenStepRow {
  stream: string;
  step: string;
  category: string;
  /** CSP, workflow or resource type. */
  kind: string;
  /** The step as figures name it. */
  place: string;
  state: string;
  /** `engine`, `outside` or `people`. */
  waits_on: string;
  begun: number;
  since: number;
  attempts: number;
  due: number | null;
  code: string | null;
  assignee: string | null;
  position: number;
}

/** What a figure came to in a period. */
export interface SeriesRow {
  period: string;
  figure: string;
  /** JSON array in the order of the figure's labels. */
  labels: string;
  count: number;
  /** Ms. */
  sum: number;
  /** Of a time; see sketch.ts. */
  sketch: string | null;
  position: number;
}
