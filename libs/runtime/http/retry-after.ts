/** Longest wait that the other side may ask for, ms; more is a mistake or an attack. */
export const LONGEST_WAIT_MS = 24 * 3_600_000;

/** Retry-After in ms from seconds or an HTTP date (RFC 9110 section 10.2.3); undefined when it is neither or absent. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.round(Math.min(Math.max(wait, 0), LONGEST_WAIT_MS));
}
