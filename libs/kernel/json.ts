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
