import type { Point } from '#audit';
import { Refusal } from '#kernel';

/** What the query gave for one point, under the names of its two parameters. */
interface Given {
  readonly revision: number | undefined;
  readonly at: string | undefined;
  /** Before both names; empty for a query of one point. */
  readonly prefix?: string;
  /** The point where neither was given. */
  readonly absent: Point;
}

/** Refusal `point_ambiguous` 400 where a revision and an instant were given. */
export function pointOf({ revision, at, prefix = '', absent }: Given): Point {
  if (revision !== undefined && at !== undefined) throw ambiguous(`${prefix}revision`, `${prefix}at`);
  if (revision !== undefined) return { revision };
  return at === undefined ? absent : { at: Date.parse(at) };
}

const ambiguous = (...names: readonly string[]): Refusal =>
  new Refusal(
    'point_ambiguous',
    400,
    `give ${names.join(' or ')}, not both`,
    {},
    names.map((name) => ({ pointer: `/${name}`, message: 'names the same point as the other one' })),
  );
