import type { AllPage, Delivery, EventFilter, Position } from '../port.js';

/** What a following reader waits with. */
interface Waking {
  readonly closed: boolean;
  /** Resolves at the next wake-up or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
}

/** Wakes readers after a commit: those of this thread, and through a shared counter those of others. */
export class Wakeups implements Waking {
  /** One Int32 that rises with every commit. */
  readonly commits = new SharedArrayBuffer(4);
  private readonly counter = new Int32Array(this.commits);
  private waiting = new Set<() => void>();
  closed = false;

  wake(): void {
    Atomics.add(this.counter, 0, 1);
    Atomics.notify(this.counter, 0);
    const { waiting } = this;
    this.waiting = new Set();
    for (const go of waiting) go();
  }

  close(): void {
    this.closed = true;
    this.wake();
  }

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

/** Of ES2024; the types of ES2023 do not have it. */
const { waitAsync } = Atomics as unknown as {
  readonly waitAsync: (
    array: Int32Array,
    index: number,
    value: number,
  ) => { readonly value: Promise<unknown> | string };
};

/** Wake-ups of a log that another thread writes. `before` is called before the reader looks at the log's head. */
export class SharedWakeups implements Waking {
  readonly closed = false;
  private readonly counter: Int32Array;
  private seen = 0;

  constructor(commits: SharedArrayBuffer) {
    this.counter = new Int32Array(commits);
  }

  /** What is committed from here on ends the next wait at once. */
  before(): void {
    this.seen = Atomics.load(this.counter, 0);
  }

  async next(signal: AbortSignal): Promise<void> {
    const wake = () => Atomics.notify(this.counter, 0);
    signal.addEventListener('abort', wake, { once: true });
    const waiting = waitAsync(this.counter, 0, this.seen);
    if (!signal.aborted) await waiting.value;
    signal.removeEventListener('abort', wake);
  }
}

/**
 * Catch-up and live in one pull-based loop over a page reader. The reader is asked again only when the consumer pulls, so a slow one
 * costs nothing. Ends when `signal` aborts or the store is closed.
 */
export async function* follow(
  wakeups: Waking,
  read: (after: Position) => AllPage | Promise<AllPage>,
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
