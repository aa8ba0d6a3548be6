import type { AllPage, Delivery, EventFilter, Position } from '../port.js';

/** Wakes readers after a commit. */
export class Wakeups {
  private waiting = new Set<() => void>();
  closed = false;

  wake(): void {
    const { waiting } = this;
    this.waiting = new Set();
    for (const go of waiting) go();
  }

  close(): void {
    this.closed = true;
    this.wake();
  }

  /** Resolves at the next wake-up or when the signal aborts. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
      if (signal.aborted || this.closed) go();
    });
  }
}

/**
 * Catch-up and live in one pull-based loop over a page reader. The reader is asked again only when the consumer pulls, so a slow one
 * costs nothing. Ends when `signal` aborts or the store is closed.
 */
export async function* follow(
  wakeups: Wakeups,
  read: (after: Position) => Promise<AllPage>,
  head: () => Position,
  options: { after: Position; filter?: EventFilter; signal: AbortSignal },
): AsyncGenerator<Delivery, void, void> {
  const { signal } = options;
  let { after } = options;
  let told: Position | undefined;
  while (!signal.aborted && !wakeups.closed) {
    const page = await read(after);
    if (signal.aborted) return;
    after = page.next;
    if (page.events.length > 0) yield { kind: 'events', events: page.events, position: after };
    if (!page.end) continue;
    if (head() > after) continue;
    if (told !== after) {
      told = after;
      yield { kind: 'caughtUp', position: after };
    }
    if (head() <= after && !signal.aborted) await wakeups.next(signal);
  }
}
