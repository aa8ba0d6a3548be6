import type { OpenWork } from '#runtime';
import type { ReadModels } from '../database/read-models.js';

const PAGE = 500;

/**
 * What is not at rest, by stream name, read in short pages so that no read transaction stays open. With `dueBefore` (ms) only what
 * is due by then.
 */
export async function* openWork({ db }: ReadModels, dueBefore?: number): AsyncGenerator<OpenWork> {
  let page = db.selectFrom('worklist').select(['stream', 'run', 'due']).orderBy('stream').limit(PAGE);
  if (dueBefore !== undefined) page = page.where('due', '<=', dueBefore);
  for (let after = ''; ;) {
    const rows = await page.where('stream', '>', after).execute();
    for (const { stream, run, due } of rows) yield { stream, run: run !== 0, due: due === null ? null : Number(due) };
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.stream;
  }
}

/** Instances with an attempt that may still be running at `now`, ms. */
export async function countBusy({ db }: ReadModels, now: number): Promise<number> {
  const { count } = await db
    .selectFrom('worklist')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('busy', '>', now)
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
