import type { Clock } from '#kernel';

const FIRST_MS = 50;
const CAP_MS = 1_000;
const ALIVE_MS = 60_000;

/** Wait before attempt `attempt` (0 is the first repeat): doubles up to 1 s, with jitter over the upper half. */
export const backOffMs = (attempt: number, random: () => number = Math.random): number =>
  Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2);

/**
 * Resolves after `ms` or as soon as the signal aborts. The clock's timers never keep a process alive, but a program that waits for an
 * answer of the store must not end in the middle, so an idle one of our own does.
 */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const alive = setInterval(() => {}, ALIVE_MS);
    const done = () => {
      cancel();
      clearInterval(alive);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
