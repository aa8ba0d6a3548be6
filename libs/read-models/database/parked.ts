import { cursorOf, pageSize, placeOf, type Page } from './paging.js';
import type { ReadModels } from './read-models.js';

/** An event that a view could not take in. `kind`: `unknown` to the code of then, or its handler `failed`. */
export interface ParkedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly kind: 'unknown' | 'failed';
  readonly reason: string;
}

const ORDER = 'parked';

/** What a projection could not take in, in the order of the log. Refusal `bad_cursor` (400). */
export async function parkedEvents(
  { db }: Pick<ReadModels, 'db'>,
  projection: string,
  page: { readonly cursor?: string; readonly limit?: number },
): Promise<Page<ParkedEvent>> {
  const limit = pageSize(page.limit);
  const from = Number(page.cursor === undefined ? 0 : placeOf(page.cursor, ORDER, ['number'])[0]);
  const rows = await db
    .selectFrom('parked')
    .select(['stream', 'revision', 'position', 'type', 'kind', 'reason'])
    .where('projection', '=', projection)
    .where('position', '>', from)
    .orderBy('position')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit) as ParkedEvent[];
  return { items, next: rows.length > limit ? cursorOf(ORDER, [items.at(-1)!.position]) : null };
}

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
