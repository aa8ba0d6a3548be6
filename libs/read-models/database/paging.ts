import type { OrderByItemBuilder } from 'kysely';
import { Refusal } from '#kernel';

/** `next` is the cursor of the following page, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A slice of a sorted list, `range=from,to` (to exclusive), with the number of all. */
export interface Slice<T> {
  readonly items: readonly T[];
  readonly total: number;
}
export type Range = readonly [from: number, to: number];
export interface Sort {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

const MAX_PAGE = 500;

export const pageSize = (wanted: number | undefined): number => Math.min(Math.max(wanted ?? 50, 1), MAX_PAGE);

/** Rows `[from, to)`, at most 500; without a range the first 50. */
export function window(range: Range | undefined): { offset: number; limit: number } {
  const [from, to] = range ?? [0, 50];
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to > from))
    throw new Refusal('bad_range', 400, 'range is two whole numbers, the second behind the first');
  return { offset: from, limit: Math.min(to - from, MAX_PAGE) };
}

/** Opaque to callers: a place in the order by creation time and id, both of which never change. */
export const cursorOf = (at: number, id: string): string => Buffer.from(`${at}:${id}`).toString('base64url');

/** Refusal `bad_cursor` (400) when the text is not one of ours. */
export function after(cursor: string | undefined): { at: number; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const parts = /^(\d{1,15}):(.{1,100})$/s.exec(Buffer.from(cursor, 'base64url').toString());
  if (parts === null) throw new Refusal('bad_cursor', 400, 'the cursor is not one that a list gave');
  return { at: Number(parts[1]), id: parts[2]! };
}

/** The allowed column for a field's name on the wire; Refusal `bad_filter` (400) for others. */
export function columnFor<C extends string>(columns: Readonly<Record<string, C>>, field: string): C {
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined;
  if (column === undefined)
    throw new Refusal('bad_filter', 400, `${field} is not a field of this list: ${Object.keys(columns).join(', ')}`);
  return column;
}

/** What is missing comes first upwards and last downwards, as SQLite has it. */
export const ordered =
  (direction: Sort['direction']) =>
  (item: OrderByItemBuilder): OrderByItemBuilder =>
    direction === 'asc' ? item.asc().nullsFirst() : item.desc().nullsLast();
