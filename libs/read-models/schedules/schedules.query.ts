import { isEnd, PROCESS_STATUSES, type ProcessWireStatus } from '#workflow/published';
import type { ReadModels } from '../database/read-models.js';
import { window, type Range, type Slice } from '../database/paging.js';
import type { OccurrenceDoc, ScheduleDoc } from './schedule.doc.js';

/** A schedule as lists show it; times in seconds since the epoch. */
export interface ScheduleItem {
  readonly schedule_id: string;
  readonly name: string;
  readonly workflow_name: string;
  readonly trigger: string;
  readonly trigger_kwargs: Readonly<Record<string, unknown>>;
  readonly missed: string;
  readonly user_inputs: readonly unknown[];
  readonly created_by: string;
  readonly created_at: number;
  /** Null when it has run for the last time, or its next run is not planned yet. */
  readonly next_run_time: number | null;
  /** What became of its last instant. */
  readonly last_run: {
    readonly at: number;
    readonly state: 'fired' | 'skipped';
    readonly process_id: string | null;
    readonly code: string | null;
    readonly message: string | null;
  } | null;
}

/** Those that are not deleted, oldest first. Refusal `bad_range` 400. */
export async function listSchedules(models: ReadModels, range?: Range): Promise<Slice<ScheduleItem>> {
  const active = models.db.selectFrom('schedules').where('status', '=', 'active');
  const { total } = await active.select((eb) => eb.fn.countAll().as('total')).executeTakeFirstOrThrow();
  const { offset, limit } = window(range, undefined);
  const ordered = active.select(['id', 'doc']).orderBy('created_at').orderBy('id');
  const rows = await ordered.limit(limit).offset(offset).execute();
  const items = await Promise.all(rows.map(({ id, doc }) => itemOf(models, id, JSON.parse(doc) as ScheduleDoc)));
  return { items, total: Number(total), next: null };
}

async function itemOf(models: ReadModels, id: string, doc: ScheduleDoc): Promise<ScheduleItem> {
  const planned = await instant(models, id, ['planned']);
  const last = await instant(models, id, ['fired', 'skipped']);
  return {
    schedule_id: id,
    name: doc.name,
    workflow_name: doc.workflow,
    trigger: doc.trigger.kind,
    trigger_kwargs: doc.given,
    missed: doc.missed,
    user_inputs: doc.pages,
    created_by: doc.createdBy,
    created_at: doc.createdAt / 1_000,
    next_run_time: planned !== undefined && planned.generation === doc.generation ? planned.at / 1_000 : null,
    last_run: last === undefined ? null : lastRun(last),
  };
}

function lastRun({ at, state, processId, code, message }: OccurrenceDoc): ScheduleItem['last_run'] {
  return { at: at / 1_000, state: state === 'fired' ? state : 'skipped', process_id: processId, code, message };
}

/** The latest of its instants in one of these states, by the last change of the trigger where several are planned. */
async function instant({ db }: ReadModels, id: string, states: readonly string[]): Promise<OccurrenceDoc | undefined> {
  const rows = await db
    .selectFrom('occurrences')
    .select('doc')
    .where('schedule_id', '=', id)
    .where('state', 'in', states)
    .orderBy(states.includes('planned') ? 'position' : 'at', 'desc')
    .limit(1)
    .execute();
  return rows[0] && (JSON.parse(rows[0].doc) as OccurrenceDoc);
}

/** Ids of the schedules of a workflow that are not deleted. */
export async function schedulesOf({ db }: ReadModels, workflow: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('schedules')
    .select('id')
    .where('workflow', '=', workflow)
    .where('status', '=', 'active')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Stopped by a failure: a person looks after it, and it is in nobody's way. */
const STOPPED: readonly string[] = ['failed', 'inconsistent_data', 'api_unavailable'];
const OPEN = (Object.keys(PROCESS_STATUSES) as ProcessWireStatus[]).filter(
  (status) => !isEnd(status) && !STOPPED.includes(status),
);

/** A process begun by `createdBy` that is neither over nor stopped by a failure. */
export async function openRunOf({ db }: ReadModels, createdBy: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('processes')
    .select('id')
    .where('created_by', '=', createdBy)
    .where('last_status', 'in', OPEN)
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}
