/** The value at a dot path, or undefined. Only own properties are followed. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((here, key) => {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    return (here as Record<string, unknown>)[key];
  }, value);
}

/** Picks fields out of an answer by the dot path of each; fields that are not there stay away. */
export function pick(value: unknown, paths: Readonly<Record<string, string>>): Record<string, unknown> {
  const found = Object.entries(paths).map(([field, path]) => [field, at(value, path)] as const);
  return Object.fromEntries(found.filter(([, picked]) => picked !== undefined));
}

/** JSON equality: order of keys does not matter, absent and undefined are the same. */
export const sameJson = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/** JSON with its keys in order: the same value always gives the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
