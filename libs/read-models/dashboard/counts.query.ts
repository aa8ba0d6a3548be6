import { sql } from 'kysely';
import type { ReadModels } from '../database/read-models.js';

/** As many customers are told, those with the most subscriptions. */
const MOST_CUSTOMERS = 50;

/** `oldestSince`: when that of them came into its state that has been in it for longest, ms since the epoch. */
export async function portfoliosByState({ db }: ReadModels) {
  const rows = await db
    .selectFrom('portfolios')
    .select(['csp', 'state', 'phase', (eb) => eb.fn.countAll<number>().as('count')])
    .select((eb) => eb.fn.min('state_since').as('oldestSince'))
    .groupBy(['csp', 'state', 'phase'])
    .orderBy('csp')
    .orderBy('state')
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count), oldestSince: Number(row.oldestSince) }));
}

/** Those that have not ended. The condition is the one of the index, which holds nothing else. */
export async function openProcessesByStatus({ db }: ReadModels) {
  const rows = await db
    .selectFrom('processes')
    .select(['workflow', 'last_status', 'assignee', (eb) => eb.fn.countAll<number>().as('count')])
    .where(sql<boolean>`last_status NOT IN ('completed', 'aborted') AND hidden = 0`)
    .groupBy(['workflow', 'last_status', 'assignee'])
    .orderBy('workflow')
    .orderBy('last_status')
    .execute();
  return rows.map(({ last_status, count, ...row }) => ({ ...row, status: last_status, count: Number(count) }));
}

/** `types`: the resource types of their needs, each of which has one provisioner. `overdue`: past the deadline of something the other side has at `now`, ms. */
export async function operationsByState({ db }: ReadModels, now: number) {
  const rows = await db
    .selectFrom('operations')
    .select(['state', 'types', (eb) => eb.fn.countAll<number>().as('count')])
    .select(sql<number>`SUM(CASE WHEN closes_at < ${now} OR overdue_since IS NOT NULL THEN 1 ELSE 0 END)`.as('overdue'))
    .groupBy(['state', 'types'])
    .orderBy('state')
    .orderBy('types')
    .execute();
  return rows.map(({ state, types, count, overdue }) => ({
    state,
    types: types.split(',').filter(Boolean),
    count: Number(count),
    overdue: Number(overdue),
  }));
}

export async function subscriptionsByProduct({ db }: Pick<ReadModels, 'db'>) {
  const rows = await db
    .selectFrom('subscriptions')
    .select(['product_name', 'status', 'insync', (eb) => eb.fn.countAll<number>().as('count')])
    .groupBy(['product_name', 'status', 'insync'])
    .orderBy('product_name')
    .orderBy('status')
    .orderBy('insync')
    .execute();
  return rows.map(({ product_name, status, insync, count }) => ({
    product: product_name,
    status,
    inSync: insync !== 0,
    count: Number(count),
  }));
}

export async function subscriptionsByCustomer({ db }: ReadModels) {
  const rows = await db
    .selectFrom('subscriptions')
    .select(['customer_id', (eb) => eb.fn.countAll<number>().as('count')])
    .select(sql<number>`SUM(CASE WHEN status = 'active' THEN 1 ELSE 0 END)`.as('active'))
    .groupBy('customer_id')
    .orderBy('count', 'desc')
    .orderBy('customer_id')
    .limit(MOST_CUSTOMERS)
    .execute();
  return rows.map((row) => ({ customer: row.customer_id, count: Number(row.count), active: Number(row.active) }));
}
