import type { ReadModels } from './read-models.js';

/** Those of `streams` that hold an event no code here knows (law 8): what a view shows of them is not their state. */
export async function unreadable({ db }: Pick<ReadModels, 'db'>, streams: readonly string[]): Promise<Set<string>> {
  if (streams.length === 0) return new Set();
  const rows = await db
    .selectFrom('parked')
    .select('stream')
    .distinct()
    .where('stream', 'in', streams)
    .where('kind', '=', 'unknown')
    .execute();
  return new Set(rows.map(({ stream }) => stream));
}

/** Events that a projection could not take in; one that several could not, as often. */
export async function countParked({ db }: Pick<ReadModels, 'db'>): Promise<number> {
  const { count } = await db
    .selectFrom('parked')
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
