import { sql } from 'kysely';
import { processStream } from '#workflow/published';
import { unreadable } from '../database/parked.js';
import type { ReadModels } from '../database/read-models.js';
import type { ListField } from '../database/list-fields.js';
import { listRows, type ListQuery, type ListView } from '../database/listing.js';
import type { Slice } from '../database/paging.js';
import { PROCESS_COLUMNS } from './processes.projection.js';
import { processDetail, processItem, type ProcessDetail, type ProcessItem } from './process.shape.js';
import type { ProcessDoc } from './process.doc.js';

/** `last_status` of a process that no code here can carry on (law 8). It is no event and goes away when the code is back. */
export const LACKS_CODE = 'configuration_error';

const COLUMNS = ['id', ...PROCESS_COLUMNS] as const;
const [STATUS, WORKFLOW, TARGET, TASK, CREATOR, PRODUCT, CUSTOMER, STARTED, CHANGED] = [
  { column: 'last_status' },
  { column: 'workflow', fixed: true },
  { column: 'target', fixed: true },
  { column: 'is_task', kind: 'flag', fixed: true },
  { column: 'created_by', fixed: true },
  { column: 'product_id', fixed: true, nullable: true },
  { column: 'customer_id', fixed: true, nullable: true },
  { column: 'started_at', kind: 'seconds', fixed: true },
  { column: 'updated_at', kind: 'seconds' },
] as const satisfies readonly ListField[];
const SUBSCRIPTION: ListField = {
  column: 'id',
  matches: (ids) =>
    sql`id IN (SELECT process_id FROM process_subscriptions WHERE subscription_id IN (${sql.join(ids)}))`,
};

/** Some have two names on the wire. */
const VIEW: ListView = {
  table: 'processes',
  created: 'started_at',
  columns: COLUMNS,
  fields: {
    process_id: { column: 'id', fixed: true },
    workflow_name: WORKFLOW,
    workflow_target: TARGET,
    is_task: TASK,
    created_by: CREATOR,
    last_status: STATUS,
    last_step: { column: 'last_step', nullable: true },
    product_id: PRODUCT,
    customer_id: CUSTOMER,
    assignee: { column: 'assignee' },
    note: { column: 'note', nullable: true },
    started_at: STARTED,
    last_modified_at: CHANGED,
    status: STATUS,
    workflow: WORKFLOW,
    target: TARGET,
    product: PRODUCT,
    customer: CUSTOMER,
    started: STARTED,
    modified: CHANGED,
    istask: TASK,
    creator: CREATOR,
    subscription: SUBSCRIPTION,
    subscription_id: SUBSCRIPTION,
  },
};

/** Newest first unless sorted; see {@link listRows}. */
export async function listProcesses(models: ReadModels, query: ListQuery = {}): Promise<Slice<ProcessItem>> {
  const { rows, ...place } = await listRows<Row>(models, VIEW, query, [sql`hidden = 0`]);
  return { items: await itemsOf(models, rows), ...place };
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
