import { sql, type Selectable, type SelectQueryBuilder } from 'kysely';
import type { OpenWork } from '#runtime';
import type { ReadModels } from '../database/read-models.js';
import type { Tables, WorklistRow } from '../database/tables.js';

const PAGE = 500;

type Row = Pick<Selectable<WorklistRow>, 'stream' | 'run' | 'due'>;

/**
 * What is not at rest, read in short pages so that no read transaction stays open: by stream name, or with `dueBefore` (ms) only what is
 * due by then, the oldest first.
 */
export async function* openWork({ db }: ReadModels, dueBefore?: number): AsyncGenerator<OpenWork> {
  const open = db.selectFrom('worklist').select(['stream', 'run', 'due']).limit(PAGE);
  const pageBehind = dueBefore === undefined ? byStream(open) : byDue(open, dueBefore);
  for (let last: Row | undefined; ;) {
    const rows = await pageBehind(last).execute();
    for (const { stream, run, due } of rows) yield { stream, run: run !== 0, due: due === null ? null : Number(due) };
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}

type Page = SelectQueryBuilder<Tables, 'worklist', Row>;

const byStream = (open: Page) => (last?: Row) => open.where('stream', '>', last?.stream ?? '').orderBy('stream');

const byDue =
  (open: Page, dueBefore: number) =>
  (last: Row = { stream: '', run: 0, due: 0 }) =>
    open
      .where('due', '<=', dueBefore)
      .where(sql<boolean>`(due, stream) > (${last.due}, ${last.stream})`)
      .orderBy('due')
      .orderBy('stream');

/** Instances with an attempt that may still be running at `now`, ms. */
export async function countBusy({ db }: ReadModels, now: number): Promise<number> {
  const { count } = await db
    .selectFrom('worklist')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('busy', '>', now)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How long the worklist gives whoever recorded a row to go on with it by itself, ms. */
const GRACE_MS = 5_000;

/** Instances that owe something at `now` (ms), or in a moment, and have no attempt under way. */
export async function countQueued({ db }: ReadModels, now: number): Promise<number> {
  const { count } = await db
    .selectFrom('worklist')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('run', '=', 1)
    .where('due', '<=', now + GRACE_MS)
    .where((eb) => eb.or([eb('busy', 'is', null), eb('busy', '<=', now)]))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many instances are open, by category. */
export async function countOpenWork({ db }: ReadModels): Promise<Readonly<Record<string, number>>> {
  const rows = await db
    .selectFrom('worklist')
    .select(['category', (eb) => eb.fn.countAll<number>().as('count')])
    .groupBy('category')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.category, Number(row.count)]));
}
