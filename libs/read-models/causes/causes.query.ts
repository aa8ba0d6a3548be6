import { inChunks } from '../database/chunks.js';
import type { ReadModels } from '../database/read-models.js';

/** From where on a stream holds what a cause brought about. */
export interface Begun {
  readonly stream: string;
  readonly revision: number;
}

/**
 * Where in the log something is due to one of these causes: ids of flows, or keys of requests. Each stream once, from the first place of
 * any of them; at most `limit` streams, the first ones of the log.
 */
export async function begunBy(
  { db }: Pick<ReadModels, 'db'>,
  causes: readonly string[],
  limit: number,
): Promise<readonly Begun[]> {
  const first = new Map<string, { readonly revision: number; readonly position: number }>();
  for (const chunk of inChunks(causes)) {
    const rows = await db
      .selectFrom('causes')
      .select(({ fn }) => ['stream', fn.min('revision').as('revision'), fn.min('position').as('position')])
      .where('cause', 'in', chunk)
      .groupBy('stream')
      .orderBy(({ fn }) => fn.min('position'))
      .limit(limit)
      .execute();
    for (const { stream, ...row } of rows) {
      const [revision, position] = [Number(row.revision), Number(row.position)];
      if (position < (first.get(stream)?.position ?? Infinity)) first.set(stream, { revision, position });
    }
  }
  const inOrder = [...first].sort(([, a], [, b]) => a.position - b.position).slice(0, limit);
  return inOrder.map(([stream, { revision }]) => ({ stream, revision }));
}
