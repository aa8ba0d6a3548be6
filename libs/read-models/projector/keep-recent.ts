/** Forgets what was put in first, down to `most`: put what was used anew behind it before. */
export function keepRecent(held: Pick<Map<string, unknown>, 'keys' | 'size' | 'delete'>, most: number): void {
  for (const key of held.keys()) {
    if (held.size <= most) return;
    held.delete(key);
  }
}
