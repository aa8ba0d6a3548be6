/** What a stream keeps of how it came to its end rather than of the end: it may take more attempts, of other processes. */
export const OF_THE_WAY: ReadonlySet<string> = new Set(['attempt', 'failures', 'owner', 'givenUp', 'tokenKey']);

/**
 * A value without what belongs to one run: instants of its virtual time (ms, from `since` on) count as the same, because a run that is
 * stopped may take longer, and so does what stands under a key of `leftOut`.
 */
export function comparable(value: unknown, since: number, leftOut: ReadonlySet<string> = new Set()): unknown {
  if (typeof value === 'number') return value >= since && Number.isInteger(value) ? 'an instant' : value;
  if (Array.isArray(value)) return value.map((each) => comparable(each, since, leftOut));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, each]) => each !== undefined && !leftOut.has(key));
  return Object.fromEntries(entries.map(([key, each]) => [key, comparable(each, since, leftOut)]));
}
