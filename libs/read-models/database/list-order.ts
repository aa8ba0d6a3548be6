import { sql, type RawBuilder } from 'kysely';
import { Refusal } from '#kernel';
import { fieldOf, type ListFields } from './list-fields.js';
import { cursorOf, placeOf, type CursorValue, type Sort } from './paging.js';
import type { Condition } from './text-search.js';

interface Key {
  readonly column: string;
  readonly direction: Sort['direction'];
  readonly nullable: boolean;
  readonly text: boolean;
}

/** The order of a list: as asked for, then by the time at which each began and its id, newest first. No two rows are equal in it. */
export class ListOrder {
  private readonly keys: readonly Key[];
  /** Whether no row ever changes its place: only then can a cursor be a place between two rows. */
  readonly fixed: boolean;
  private readonly name: string;

  /** Refusal `bad_filter` (400) for a field that is not of the list, or cannot be sorted by. */
  constructor(table: string, fields: ListFields, created: string, sort: readonly Sort[]) {
    const asked = sort.map(({ field: name, direction }) => {
      const { column, kind = 'text', nullable = false, matches } = fieldOf(fields, name);
      if (matches !== undefined) throw new Refusal('bad_filter', 400, `${name} is not sorted by`);
      return { column, direction, nullable, text: kind === 'text' };
    });
    const last = { direction: 'desc', nullable: false } as const;
    this.keys = [...asked, { ...last, column: created, text: false }, { ...last, column: 'id', text: true }];
    this.fixed = sort.every(({ field }) => fieldOf(fields, field).fixed === true);
    this.name = [table, ...sort.map(({ field, direction }) => `${field},${direction}`)].join(' ');
  }

  /** Must be among the columns of the rows from which {@link cursorAt} makes cursors. */
  get columns(): readonly string[] {
    return this.keys.map(({ column }) => column);
  }

  /** What is missing comes first upwards and last downwards, as SQLite has it. */
  orderBy(): RawBuilder<unknown> {
    return sql.join(
      this.keys.map(({ column, direction, nullable }) => {
        const nulls = !nullable ? '' : direction === 'asc' ? ' NULLS FIRST' : ' NULLS LAST';
        return sql`${sql.ref(column)} ${sql.raw(`${direction}${nulls}`)}`;
      }),
    );
  }

  cursorAt(row: Readonly<Record<string, unknown>>): string {
    const values = this.keys.map(({ column }) => row[column] as CursorValue);
    return cursorOf(this.name, values);
  }

  /** Holds for the rows behind the cursor; Refusal `bad_cursor` (400) when it is not of this list in this order. */
  behind(cursor: string): Condition {
    if (!this.fixed)
      throw new Refusal('bad_cursor', 400, 'rows change their place in this order: a range goes on in it, no cursor');
    const types = this.keys.map(({ text }) => (text ? 'string' : 'number'));
    return this.after(placeOf(cursor, this.name, types), 0);
  }

  /** By the keys from the `i`th on. The bound of each key stands alone, so that an index finds where to begin. */
  private after(values: readonly CursorValue[], i: number): Condition {
    const [key, value] = [this.keys[i], values[i] ?? null];
    if (key === undefined) return sql`1 = 0`;
    const column = sql.ref(key.column);
    const rest = this.after(values, i + 1);
    const up = key.direction === 'asc';
    if (value === null) return up ? sql`(${column} IS NOT NULL OR ${rest})` : sql`(${column} IS NULL AND ${rest})`;
    const [bound, beyond] = up ? [sql`>=`, sql`>`] : [sql`<=`, sql`<`];
    const later = sql<boolean>`(${column} ${bound} ${value} AND (${column} ${beyond} ${value} OR ${rest}))`;
    return !up && key.nullable ? sql`(${later} OR ${column} IS NULL)` : later;
  }
}
