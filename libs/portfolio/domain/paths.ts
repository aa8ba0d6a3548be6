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
