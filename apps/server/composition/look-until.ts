import type { Clock } from '#kernel';
import { pause } from '#runtime';

/** How often it is looked at first, and at last, ms. */
const LOOK_MS = 10;
const LONGEST_MS = 100;

/** Looks until what is seen satisfies, ever less often and for `ms` at most; gives what was seen last. A look is told how many of them are left. */
export async function lookUntil<T>(
  clock: Clock,
  ms: number,
  look: (leftMs: number) => Promise<T>,
  satisfies: (seen: T) => boolean,
): Promise<T> {
  const latest = clock.now() + ms;
  for (let waitMs = LOOK_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
    const seen = await look(Math.max(0, latest - clock.now()));
    if (satisfies(seen) || clock.now() >= latest) return seen;
    await pause(clock, waitMs);
  }
}
