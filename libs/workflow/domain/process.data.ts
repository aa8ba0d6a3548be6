import type { Data } from './process.state.js';

/** For-each keys and indexes on a step's path, outermost first: `fan/2/b` has [['fan', 2]]. */
export function elementsOf(path: string): readonly (readonly [key: string, index: number])[] {
  const parts = path.split('/');
  const found: [string, number][] = [];
  for (let i = 1; i < parts.length; i++) if (/^\d+$/.test(parts[i]!)) found.push([parts[i - 1]!, Number(parts[i])]);
  return found;
}

/** Merges a step's delta where it belongs: at the top, or into its element's entry of the for-each's array. */
export function mergeAt(data: Data, elements: readonly (readonly [string, number])[], delta: object): Data {
  const [first, ...rest] = elements;
  if (first === undefined) return Object.assign({}, data, delta);
  const [key, index] = first;
  const list = Array.isArray(data[key]) ? [...(data[key] as unknown[])] : [];
  while (list.length <= index) list.push({});
  list[index] = mergeAt(list[index] as Data, rest, delta);
  return Object.assign({}, data, { [key]: list });
}
