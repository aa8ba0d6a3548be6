import type { OpenWork } from '#runtime';
import type { ReadModels } from '../database/read-models.js';

const PAGE = 500;

/**
 * What is not at rest, by stream name, read in short pages so that no read transaction stays open. With `dueBefore` (ms) only what
 * is due by then.
 */
export function* openWork({ raw }: ReadModels, dueBefore?: number): Generator<OpenWork> {
  const due = dueBefore === undefined ? '' : ` AND due <= ${Number(dueBefore)}`;
  const page = raw.prepare(`SELECT stream, run, due FROM worklist WHERE stream > ?${due} ORDER BY stream LIMIT ?`);
  for (let after = ''; ;) {
    const rows = page.all(after, PAGE) as { stream: string; run: number; due: number | null }[];
    for (const row of rows) yield { stream: row.stream, run: row.run !== 0, due: row.due };
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.stream;
  }
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
