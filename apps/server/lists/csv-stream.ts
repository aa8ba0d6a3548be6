import { Readable } from 'node:stream';
import { csvLine } from '#kernel';
import type { ListQuery, Page } from '#read-models';
import type { Columns } from './csv-columns.js';

/** Rows of one query. */
const PAGE = 500;

/**
 * A whole list as CSV, with a line of titles. Pages are read as the reader takes them, so memory holds one. What refuses the list is
 * thrown before anything is sent; a fault later breaks the answer off, so that half a list is never taken for the whole.
 */
export async function csvStream<T>(
  columns: Columns<T>,
  query: ListQuery,
  read: (query: ListQuery) => Promise<Page<T>>,
): Promise<Readable> {
  const page = (cursor?: string) =>
    read({ ...query, toTheEnd: true, limit: PAGE, ...(cursor !== undefined && { cursor }) });
  return Readable.from(lines(columns, await page(), page), { objectMode: false });
}

async function* lines<T>(columns: Columns<T>, first: Page<T>, page: (cursor: string) => Promise<Page<T>>) {
  const values = Object.values(columns);
  yield csvLine(Object.keys(columns));
  for (let { items, next } = first; ; { items, next } = await page(next)) {
    yield items.map((item) => csvLine(values.map((value) => value(item)))).join('');
    if (next === null) return;
  }
}
