import type { Clock } from '#kernel';

/** Resolves after `ms`, when the signal aborts, or when what `wakeable` is given is called. */
export function sleep(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  wakeable: (wake: () => void) => void = () => {},
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(ms, wake);
    signal.addEventListener('abort', wake, { once: true });
    wakeable(wake);
  });
}
