import type { ReadModels } from '../database/read-models.js';

/** From where on a stream holds what a cause brought about. */
export interface Begun {
  readonly stream: string;
  readonly revision: number;
}

/** Causes in one question; both databases take more. */
const AT_ONCE = 500;

/** Where in the log something is due to one of these causes: ids of flows, or keys of requests. At most `limit` streams, the first ones. */
export async function begunBy(
  { db }: Pick<ReadModels, 'db'>,
  causes: readonly string[],
  limit: number,
): Promise<readonly Begun[]> {
  const begun: Begun[] = [];
  for (let from = 0; from < causes.length && begun.length < limit; from += AT_ONCE) {
    const rows = await db
      .selectFrom('causes')
      .select(['stream', 'revision'])
      .where('cause', 'in', causes.slice(from, from + AT_ONCE))
      .orderBy('position')
      .limit(limit - begun.length)
      .execute();
    for (const { stream, revision } of rows) begun.push({ stream, revision: Number(revision) });
  }
  return begun;
}
