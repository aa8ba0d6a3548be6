import { sql, type Kysely } from 'kysely';
import { countParked } from '../database/parked.js';
import type { ReadModels } from '../database/read-models.js';
import { countProcesses } from '../processes/process-counts.query.js';
import type { Tables } from '../database/tables.js';
import { subscriptionsByProduct } from './counts.query.js';

type Counts = Readonly<Record<string, number>>;

/** Counts, what waits longest (ms since the epoch) and what failed in the last 24 hours and is still failed. */
export interface Overview {
  readonly portfolios: { readonly byState: Counts; readonly byPhase: Counts; readonly byStage: Counts };
  readonly processes: { readonly byStatus: Counts };
  readonly subscriptions: {
    readonly byProduct: Counts;
    readonly byStatus: Counts;
    readonly inSync: number;
    readonly outOfSync: number;
  };
  readonly oldestWaiting: { readonly stream: string; readonly since: number; readonly due: number | null } | null;
  readonly failuresLastDay: { readonly portfolios: number; readonly processes: number };
  readonly parked: number;
}

const DAY_MS = 86_400_000;

async function countBy(db: Kysely<Tables>, table: string, column: string): Promise<Counts> {
  const counted = await sql<{ value: string | number; count: number }>`
    SELECT ${sql.ref(column)} AS value, COUNT(*) AS count FROM ${sql.table(table)}
    WHERE ${sql.ref(column)} IS NOT NULL GROUP BY ${sql.ref(column)} ORDER BY ${sql.ref(column)}`.execute(db);
  return Object.fromEntries(counted.rows.map((row) => [String(row.value), Number(row.count)]));
}

/** From one reading of the index. */
async function subscriptions(db: Kysely<Tables>): Promise<Overview['subscriptions']> {
  const all = await subscriptionsByProduct({ db });
  const byProduct: Record<string, number> = {};
  const byStatus: Record<string, number> = {};
  for (const { product, status, count } of all) {
    byProduct[product] = (byProduct[product] ?? 0) + count;
    byStatus[status] = (byStatus[status] ?? 0) + count;
  }
  const number = (inSync: boolean) => all.reduce((sum, each) => sum + (each.inSync === inSync ? each.count : 0), 0);
  return { byProduct, byStatus, inSync: number(true), outOfSync: number(false) };
}

/** Workflows and tasks that are in a list. */
async function shownByStatus(models: Pick<ReadModels, 'db'>): Promise<Counts> {
  const { process_counts, task_counts } = await countProcesses(models);
  const sum: Record<string, number> = { ...process_counts };
  for (const [status, count] of Object.entries(task_counts)) sum[status] = (sum[status] ?? 0) + count;
  return sum;
}

async function failedSince(db: Kysely<Tables>, table: 'portfolios' | 'processes', since: number): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll().as('count'))
    .where('failed_at', '>=', since)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** `now`: ms since the epoch. */
export async function overview({ db }: ReadModels, now: number): Promise<Overview> {
  const oldest = await db
    .selectFrom('worklist')
    .select(['stream', 'since', 'due'])
    .orderBy('since')
    .orderBy('stream')
    .limit(1)
    .executeTakeFirst();
  return {
    portfolios: {
      byState: await countBy(db, 'portfolios', 'state'),
      byPhase: await countBy(db, 'portfolios', 'phase'),
      byStage: await countBy(db, 'portfolios', 'stage'),
    },
    processes: { byStatus: await shownByStatus({ db }) },
    subscriptions: await subscriptions(db),
    oldestWaiting: oldest
      ? { stream: oldest.stream, since: Number(oldest.since), due: oldest.due === null ? null : Number(oldest.due) }
      : null,
    failuresLastDay: {
      portfolios: await failedSince(db, 'portfolios', now - DAY_MS),
      processes: await failedSince(db, 'processes', now - DAY_MS),
    },
    parked: await countParked({ db }),
  };
}
