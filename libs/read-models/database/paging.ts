import { Refusal } from '#kernel';

/** `next` is the cursor of the following page, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A slice of a sorted list, `range=from,to` (to exclusive), with the number of all; null where nobody asked for it. */
export interface Slice<T> extends Page<T> {
  readonly total: number | null;
}
export type Range = readonly [from: number, to: number];
export interface Sort {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

const MAX_PAGE = 500;

export const pageSize = (wanted: number | undefined): number => Math.min(Math.max(wanted ?? 50, 1), MAX_PAGE);

/** Rows `[from, to)`, at most 500; without a range the first `limit`, 50 if absent. */
export function window(range: Range | undefined, limit: number | undefined): { offset: number; limit: number } {
  if (range === undefined) return { offset: 0, limit: pageSize(limit) };
  const [from, to] = range;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to > from))
    throw new Refusal('bad_range', 400, 'range is two whole numbers, the second behind the first');
  return { offset: from, limit: Math.min(to - from, MAX_PAGE) };
}

export type CursorValue = string | number | null;

/** Opaque to callers: the order of a list, and where in it a row stands. */
export const cursorOf = (order: string, values: readonly CursorValue[]): string =>
  Buffer.from(JSON.stringify([order, ...values])).toString('base64url');

/**
 * What {@link cursorOf} was given: whole numbers and texts as `types` has them, or null. Refusal `bad_cursor` (400) when the text is not
 * one of this order.
 */
export function placeOf(
  cursor: string,
  order: string,
  types: readonly ('string' | 'number')[],
): readonly CursorValue[] {
  const [found, ...values] = parsed(cursor);
  const fits = (value: unknown, i: number) =>
    value === null || (types[i] === 'string' ? typeof value === 'string' : Number.isSafeInteger(value));
  if (found === order && values.length === types.length && values.every(fits)) return values as CursorValue[];
  throw new Refusal('bad_cursor', 400, 'the cursor is not one that this list gave in this order');
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
