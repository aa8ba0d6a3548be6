import { sql } from 'kysely';
import { Refusal } from '#kernel';
import type { Condition } from './text-search.js';

/** A field of a list by which it is filtered and sorted; its name on the wire is its key. */
export interface ListField {
  readonly column: string;
  /** What it is on the wire; `text` if absent. Times are whole milliseconds in the table. */
  readonly kind?: 'text' | 'flag' | 'number' | 'seconds' | 'milliseconds';
  /** Never changes once the row is there: pages in its order can be read on with a cursor. */
  readonly fixed?: true;
  readonly nullable?: true;
  /** Decides in place of the column, which is then not sorted by. */
  readonly matches?: (values: readonly string[]) => Condition;
}
export type ListFields = Readonly<Record<string, ListField>>;

/** A value asked for: several are separated by `|`; of numbers and times also `from..to`, either of which may be missing. */
export interface FieldFilter {
  readonly field: string;
  readonly value: string;
}

/** What a column of numbers that are no times can hold in both databases. */
const MOST = 2 ** 31 - 1;

/** Refusal `bad_filter` (400) for a name that is none of the list. */
export function fieldOf(fields: ListFields, name: string): ListField {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field !== undefined) return field;
  throw new Refusal('bad_filter', 400, `${name} is not a field of this list: ${Object.keys(fields).join(', ')}`);
}

/** Refusal `bad_filter` (400) for a value that the field cannot have. */
export function fieldMatches(fields: ListFields, { field: name, value }: FieldFilter): Condition {
  const field = fieldOf(fields, name);
  const values = value.split('|');
  if (field.matches !== undefined) return field.matches(values);
  const ranges = values.filter((each) => isNumeric(field) && each.includes('..'));
  const singles = values.filter((each) => !ranges.includes(each)).map((each) => valueOf(field, name, each));
  const conditions = ranges.map((each) => rangeMatches(field, name, each));
  if (singles.length > 0) conditions.push(sql`${sql.ref(field.column)} IN (${sql.join(singles)})`);
  return sql`(${sql.join(conditions, sql` OR `)})`;
}

/** For each column with a value: that it has it. */
export const sameAs = (wanted: Readonly<Record<string, string | number | undefined>>): readonly Condition[] =>
  Object.entries(wanted).flatMap(([column, value]) =>
    value === undefined ? [] : [sql<boolean>`${sql.ref(column)} = ${value}`],
  );

const isNumeric = ({ kind = 'text' }: ListField): boolean => kind !== 'text' && kind !== 'flag';

function rangeMatches(field: ListField, name: string, text: string): Condition {
  const at = text.indexOf('..');
  const [from, to] = [text.slice(0, at), text.slice(at + 2)];
  const column = sql.ref(field.column);
  const least = from === '' ? sql`${column} IS NOT NULL` : sql`${column} >= ${valueOf(field, name, from)}`;
  return to === '' ? sql`(${least})` : sql`(${least} AND ${column} <= ${valueOf(field, name, to)})`;
}

function valueOf({ kind = 'text' }: ListField, name: string, text: string): string | number {
  if (kind === 'text') return text;
  if (kind === 'flag') return /^(true|1)$/i.test(text) ? 1 : 0;
  const number = /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  const value = Math.round(kind === 'seconds' ? number * 1_000 : number);
  if (Number.isSafeInteger(value) && (kind !== 'number' || value <= MOST)) return value;
  throw new Refusal(
    'bad_filter',
    400,
    `${name} is ${kind === 'number' ? 'a number' : `a time in ${kind}`}, not ${text}`,
  );
}
