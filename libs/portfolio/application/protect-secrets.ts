import type { TSchema } from 'typebox';
import { at } from '../domain/paths.js';
import { secretPaths } from '../domain/secrets.js';

/**
 * A copy of `value` in which every string that the schema marks secret has gone to the vault: `put(dot path, secret)` answers the
 * reference that takes its place. A text that looks like a reference is a secret like any other, so that nobody can name a
 * secret of someone else. Call it once, after validation and before any command is made of the value.
 */
export async function protectSecrets<V>(
  schema: TSchema,
  value: V,
  put: (name: string, secret: string) => Promise<string>,
): Promise<V> {
  let copy: unknown = value;
  for (const path of secretPaths(schema)) {
    const secret = at(copy, path);
    if (typeof secret === 'string') copy = replaced(copy, path.split('.'), await put(path, secret));
  }
  return copy as V;
}

function replaced(value: unknown, [head, ...rest]: readonly string[], by: string): unknown {
  if (head === undefined) return by;
  const record = value as Record<string, unknown>;
  return { ...record, [head]: replaced(record[head], rest, by) };
}
