import { Refusal } from '#kernel';
import { processStream } from '#workflow/published';
import { unreadable } from '../database/parked.js';
import type { ReadModels } from '../database/read-models.js';
import { columnFor, ordered, window, type Range, type Slice, type Sort } from '../database/paging.js';
import { PROCESS_COLUMNS } from './processes.projection.js';
import { processDetail, processItem, type ProcessDetail, type ProcessItem } from './process.shape.js';
import type { ProcessDoc } from './process.doc.js';

/** `last_status` of a process that no code here can carry on (law 8). It is no event and goes away when the code is back. */
export const LACKS_CODE = 'configuration_error';

/** Names on the wire and their columns. */
const FIELDS = {
  process_id: 'id',
  workflow_name: 'workflow',
  workflow_target: 'target',
  is_task: 'is_task',
  created_by: 'created_by',
  last_status: 'last_status',
  last_step: 'last_step',
  product_id: 'product_id',
  customer_id: 'customer_id',
  assignee: 'assignee',
  note: 'note',
  started_at: 'started_at',
  last_modified_at: 'updated_at',
  status: 'last_status',
  workflow: 'workflow',
  target: 'target',
  product: 'product_id',
  customer: 'customer_id',
  started: 'started_at',
  modified: 'updated_at',
  istask: 'is_task',
  creator: 'created_by',
} as const;

export interface ProcessQuery {
  readonly range?: Range;
  readonly sort?: readonly Sort[];
  readonly filter?: readonly { readonly field: string; readonly value: string }[];
}

const COLUMNS = ['id', ...PROCESS_COLUMNS] as const;

/** Newest first unless sorted; Refusal `bad_filter` or `bad_range` (400). Several values of one filter are separated by `|`. */
export async function listProcesses(models: ReadModels, query: ProcessQuery = {}): Promise<Slice<ProcessItem>> {
  const { db } = models;
  const { offset, limit } = window(query.range);
  let matching = db.selectFrom('processes').where('hidden', '=', 0);
  for (const { field, value } of query.filter ?? []) {
    const values = value.split('|');
    if (field === 'subscription' || field === 'subscription_id') {
      matching = matching.where('id', 'in', (eb) =>
        eb.selectFrom('process_subscriptions').select('process_id').where('subscription_id', 'in', values),
      );
      continue;
    }
    const column = columnFor(FIELDS, field);
    matching = matching.where(column, 'in', values.map((text) => sqlValue(column, text)) as never);
  }
  const { total } = await matching.select((eb) => eb.fn.countAll().as('total')).executeTakeFirstOrThrow();
  let select = matching.select(COLUMNS);
  for (const { field, direction } of query.sort ?? [])
    select = select.orderBy(columnFor(FIELDS, field), ordered(direction));
  const rows = await select.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).offset(offset).execute();
  return { items: await itemsOf(models, rows), total: Number(total) };
}

/** Times are seconds on the wire and whole milliseconds in the table. */
function sqlValue(column: string, text: string): string | number {
  if (column === 'is_task') return /^(true|1)$/i.test(text) ? 1 : 0;
  if (column !== 'started_at' && column !== 'updated_at') return text;
  if (!/^\d{1,11}(\.\d{1,9})?$/.test(text)) throw new Refusal('bad_filter', 400, `${text} is no time in seconds`);
  return Math.round(Number(text) * 1000);
}

type Row = Parameters<typeof processItem>[0];

async function itemsOf(models: ReadModels, rows: readonly Row[]): Promise<ProcessItem[]> {
  const ids = rows.map(({ id }) => id);
  const related = await subscriptionsOf(models.db, ids);
  const lost = await unreadable(models, ids.map(processStream));
  return rows.map((row) => {
    const item = processItem(row, related.get(row.id) ?? []);
    return lost.has(processStream(row.id)) ? { ...item, last_status: LACKS_CODE } : item;
  });
}

export async function process(models: ReadModels, id: string): Promise<ProcessDetail | undefined> {
  const row = await models.db
    .selectFrom('processes')
    .select([...COLUMNS, 'doc'])
    .where('id', '=', id)
    .where('hidden', '=', 0)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const [item] = await itemsOf(models, [row]);
  return processDetail(item!, JSON.parse(row.doc) as ProcessDoc);
}

async function subscriptionsOf(db: ReadModels['db'], ids: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  if (ids.length === 0) return found;
  const rows = await db
    .selectFrom('process_subscriptions')
    .select(['process_id', 'subscription_id'])
    .where('process_id', 'in', ids)
    .orderBy('position')
    .execute();
  for (const row of rows) found.set(row.process_id, [...(found.get(row.process_id) ?? []), row.subscription_id]);
  return found;
}

/** The trail of a subscription: who ran what on it, newest first. */
export async function processesOf({ db }: ReadModels, subscriptionId: string): Promise<readonly ProcessItem[]> {
  const rows = await db
    .selectFrom('process_subscriptions')
    .innerJoin('processes', 'processes.id', 'process_subscriptions.process_id')
    .select(COLUMNS.map((column) => `processes.${column}` as const))
    .where('process_subscriptions.subscription_id', '=', subscriptionId)
    .where('processes.hidden', '=', 0)
    .orderBy('processes.started_at', 'desc')
    .orderBy('processes.id', 'desc')
    .execute();
  return rows.map((row) => processItem(row, [subscriptionId]));
}
