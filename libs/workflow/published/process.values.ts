/** The state of a process: what its form gave, and what its steps added. */
export type Data = Readonly<Record<string, unknown>>;

/** Where a step's values belong: an element of a for-each's array, or the dictionary that a focus names. */
type Nest = { readonly key: string; readonly index: number | undefined };

const NOWHERE: readonly Nest[] = [];

/** What a step's path says about its values, outermost first: `fan/2/@group/b` is element 2 of `fan`, and in it `group`. */
export function nestsOf(path: string): readonly Nest[] {
  if (!path.includes('/')) return NOWHERE;
  const parts = path.split('/');
  const found: Nest[] = [];
  parts.forEach((part, i) => {
    if (part.startsWith('@')) found.push({ key: part.slice(1), index: undefined });
    else if (i > 0 && /^\d+$/.test(part)) found.push({ key: parts[i - 1]!, index: Number(part) });
  });
  return found;
}

/** A path with its indexes as the definition writes them: `*`. */
export const patternOf = (path: string): string => path.replace(/\/\d+(?=\/)/g, '/*');

/** Where a step is after a migration; undefined when it is gone. The indexes of a for-each stay what they are. */
export function movedPath(keys: Readonly<Record<string, string | null>>, path: string): string | undefined {
  const to = keys[path] ?? keys[patternOf(path)];
  if (to === undefined) return path in keys || patternOf(path) in keys ? undefined : path;
  if (to === null) return undefined;
  const indexes = [...path.matchAll(/(?<=\/)\d+(?=\/)/g)].map(([index]) => index);
  return to.replace(/\*/g, () => indexes.shift() ?? '*');
}

type Merge = (data: Data, delta: object) => Data;

/** Merges what a step adds where it belongs: at the top, into its element's entry, or into the dictionary it is focused on. */
export function mergeAt(data: Data, nests: readonly Nest[], delta: object, merge: Merge = shallow): Data {
  if (nests.length === 0) return merge(data, delta);
  const [first, ...rest] = nests;
  const { key, index } = first!;
  if (index === undefined) return shallow(data, { [key]: mergeAt(dictionary(data[key]), rest, delta, merge) });
  const list = Array.isArray(data[key]) ? [...(data[key] as unknown[])] : [];
  while (list.length <= index) list.push({});
  list[index] = mergeAt(list[index] as Data, rest, delta, merge);
  return shallow(data, { [key]: list });
}

const shallow: Merge = (data, delta) => Object.assign({}, data, delta) as Data;

/** Dictionaries are merged, everything else is replaced: as the answers of a form are (reference section 1.7). */
export const deeply: Merge = (data, delta) =>
  shallow(
    data,
    Object.fromEntries(
      Object.entries(delta).map(([key, value]) => [
        key,
        isDictionary(value) && isDictionary(data[key]) ? deeply(data[key], value) : (value as unknown),
      ]),
    ),
  );

const isDictionary = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const dictionary = (value: unknown): Data => (isDictionary(value) ? value : {});

/** The parts of a JSON pointer (RFC 6901); undefined when it is none, or points at everything. */
export function pointerParts(pointer: string): readonly string[] | undefined {
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Sets one value; undefined where the pointer leads through something that has no such place. */
export function setAt(value: unknown, parts: readonly string[], to: unknown): unknown {
  const [first, ...rest] = parts;
  if (first === undefined) return to;
  if (Array.isArray(value)) {
    const index = first === '-' ? value.length : Number(first);
    if (!/^(-|0|[1-9]\d*)$/.test(first) || index > value.length) return undefined;
    const set = setAt(value[index], rest, to);
    return set === undefined ? undefined : value.toSpliced(index, 1, set);
  }
  if (value !== undefined && !isDictionary(value)) return undefined;
  if (first === '__proto__') return undefined;
  const set = setAt(value?.[first], rest, to);
  return set === undefined ? undefined : Object.assign({}, value, { [first]: set });
}
