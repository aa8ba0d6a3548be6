import { sql } from 'kysely';
import { Refusal } from '#kernel';
import { fieldMatches, type FieldFilter, type ListFields } from './list-fields.js';
import { ListOrder } from './list-order.js';
import { window, type Range, type Sort } from './paging.js';
import type { ReadModels } from './read-models.js';
import { textSearchOf, type Condition, type SearchedTable } from './text-search.js';
import { wordsOf } from './words.js';

/** A table of which there is a list. */
export interface ListView {
  readonly table: SearchedTable;
  readonly fields: ListFields;
  /** The column with the time at which a row began, which never changes. */
  readonly created: 'created_at' | 'started_at';
  /** What is read of a row. */
  readonly columns: readonly string[];
}

/** How any list is asked for. Either `range`, or pages: from the first on along `cursor`. */
export interface ListQuery {
  readonly filter?: readonly FieldFilter[];
  /** Words that all occur, each at the beginning of a word; `field:value` asks for a field. One word may also begin the id. */
  readonly search?: string;
  readonly sort?: readonly Sort[];
  readonly range?: Range;
  readonly cursor?: string;
  /** Rows of a page. */
  readonly limit?: number;
  /** Whether all matches are counted, which takes longer the more there are; with a range they always are. */
  readonly count?: boolean;
  /** Whoever asks reads on to the end: an order in which rows change their place is refused (`bad_filter`). */
  readonly toTheEnd?: boolean;
}

export interface Listed<R> {
  readonly rows: readonly R[];
  readonly total: number | null;
  /** Goes on behind the last row; null at the end, with a range, and where rows change their place in the order. */
  readonly next: string | null;
}

/** Newest first unless sorted. Refusal `bad_filter`, `bad_range` or `bad_cursor` (400). */
export async function listRows<R>(
  { db }: Pick<ReadModels, 'db'>,
  view: ListView,
  query: ListQuery,
  narrowed: readonly Condition[] = [],
): Promise<Listed<R>> {
  const { range, cursor, sort = [], filter = [] } = query;
  if (cursor !== undefined && range !== undefined)
    throw new Refusal('bad_cursor', 400, 'a cursor goes on by itself: range is not for it');
  const { offset, limit } = window(range, query.limit);
  const order = new ListOrder(view.table, view.fields, view.created, sort);
  if (query.toTheEnd === true && !order.fixed)
    throw new Refusal('bad_filter', 400, 'rows change their place in this order: all of them cannot be read in it');
  const all = [...narrowed, ...filter.map((each) => fieldMatches(view.fields, each))];
  all.push(...(await searched(db, view, query.search)));
  const total = range !== undefined || query.count === true ? await countRows(db, view, all) : null;
  const wanted = cursor === undefined ? all : [...all, order.behind(cursor)];
  const columns = sql.join([...new Set([...view.columns, ...order.columns])].map((column) => sql.ref(column)));
  const { rows } = await sql<Record<string, unknown>>`
    SELECT ${columns} FROM ${sql.table(view.table)} WHERE ${every(wanted)}
    ORDER BY ${order.orderBy()} LIMIT ${limit + 1} OFFSET ${offset}`.execute(db);
  const page = rows.slice(0, limit);
  const goesOn = rows.length > limit && range === undefined && order.fixed;
  return { rows: page as R[], total, next: goesOn ? order.cursorAt(page.at(-1)!) : null };
}

const every = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql`1 = 1` : sql.join(conditions, sql` AND `);

async function countRows(db: ReadModels['db'], { table }: ListView, conditions: readonly Condition[]): Promise<number> {
  const counted = sql<{ total: number }>`SELECT COUNT(*) AS total FROM ${sql.table(table)} WHERE ${every(conditions)}`;
  return Number((await counted.execute(db)).rows[0]!.total);
}

async function searched(db: ReadModels['db'], view: ListView, text = ''): Promise<readonly Condition[]> {
  const parts = text.split(/\s+/).filter((each) => each !== '');
  const named = parts.filter((part) => Object.hasOwn(view.fields, part.slice(0, Math.max(0, part.indexOf(':')))));
  const plain = parts.filter((part) => !named.includes(part));
  const conditions = named.map((part) => {
    const at = part.indexOf(':');
    return fieldMatches(view.fields, { field: part.slice(0, at), value: part.slice(at + 1) });
  });
  return plain.length === 0 ? conditions : [...conditions, await worded(db, view, plain)];
}

/** Where there is neither letter nor digit nothing is found. */
async function worded(db: ReadModels['db'], { table }: ListView, parts: readonly string[]): Promise<Condition> {
  const words = parts.flatMap(wordsOf);
  if (words.length === 0) return sql`1 = 0`;
  const found = await textSearchOf(db).matches(db, table, words);
  if (parts.length > 1) return found;
  const id = parts[0]!.toLowerCase();
  return sql`(${found} OR (id >= ${id} AND id < ${`${id}\u{10ffff}`}))`;
}
