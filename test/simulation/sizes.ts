import { getEventListeners } from 'node:events';

/** How many things each collection holds that can be reached from `root`, by the way to it; several on one way are added up. */
export function sizesOf(root: object, leaveOut: ReadonlySet<unknown>): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const seen = new Set<unknown>(leaveOut);
  const queue: (readonly [path: string, value: unknown])[] = [['', root]];
  for (const [path, value] of queue) {
    if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) continue;
    seen.add(value);
    const size = sizeOf(value);
    if (size !== undefined) sizes.set(path, (sizes.get(path) ?? 0) + size);
    for (const [name, inner] of parts(value)) queue.push([`${path}${name}`, inner]);
  }
  return sizes;
}

function sizeOf(value: object): number | undefined {
  if (value instanceof Map || value instanceof Set) return value.size;
  if (Array.isArray(value)) return value.length;
  if (value instanceof AbortSignal) return getEventListeners(value, 'abort').length;
  return undefined;
}

/** Elements share one way, as do the values of a dictionary with many keys: what grows is how many there are. */
function parts(value: object): readonly (readonly [name: string, inner: unknown])[] {
  if (value instanceof Map)
    return [...value].flatMap(
      ([key, inner]) =>
        [
          ['[key]', key],
          ['[]', inner],
        ] as const,
    );
  if (value instanceof Set || Array.isArray(value)) return [...value].map((inner) => ['[]', inner] as const);
  return Object.entries(value).map(([name, inner]) => [`.${name}`, inner] as const);
}
