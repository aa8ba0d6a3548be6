import type { Kysely } from 'kysely';
import { OCCURRENCE } from '#schedule/published';
import { countParked } from '../database/parked.js';
import type { ReadModels } from '../database/read-models.js';
import { countProcesses } from '../processes/process-counts.query.js';
import type { Tables } from '../database/tables.js';
import { DAY_MS } from '../series/periods.js';
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

/** Sums of the counts of rows that have the same name; what has none is left out. */
function sumsBy<R extends { readonly count: number }>(rows: readonly R[], nameOf: (row: R) => string | null): Counts {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== null) sums.set(name, (sums.get(name) ?? 0) + row.count);
  }
  return Object.fromEntries([...sums].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** From one reading of the index, as those below. */
async function portfolios(db: Kysely<Tables>): Promise<Overview['portfolios']> {
  const rows = await db
    .selectFrom('portfolios')
    .select(['state', 'phase', 'stage', (eb) => eb.fn.countAll().as('count')])
    .groupBy(['csp', 'state', 'phase', 'stage'])
    .execute();
  const all = rows.map((row) => ({ ...row, count: Number(row.count) }));
  return {
    byState: sumsBy(all, ({ state }) => state),
    byPhase: sumsBy(all, ({ phase }) => phase),
    byStage: sumsBy(all, ({ stage }) => stage),
  };
}

async function subscriptions(db: Kysely<Tables>): Promise<Overview['subscriptions']> {
  const all = await subscriptionsByProduct({ db });
  const number = (inSync: boolean) => all.reduce((sum, each) => sum + (each.inSync === inSync ? each.count : 0), 0);
  return {
    byProduct: sumsBy(all, ({ product }) => product),
    byStatus: sumsBy(all, ({ status }) => status),
    inSync: number(true),
    outOfSync: number(false),
  };
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
  // The next instant of a schedule is planned, nobody waits for it: it would hide every portfolio that waits for less than a day.
  const oldest = await db
    .selectFrom('worklist')
    .select(['stream', 'since', 'due'])
    .where('category', '!=', OCCURRENCE)
    .orderBy('since')
    .orderBy('stream')
    .limit(1)
    .executeTakeFirst();
  return {
    portfolios: await portfolios(db),
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
