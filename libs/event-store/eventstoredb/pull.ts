import type { Readable } from 'node:stream';
import type { Clock } from '#kernel';

/** What is taken from the stream before the consumer asks: up to either bound, and the message that reaches it. */
export interface Ahead<T> {
  readonly count: number;
  readonly bytes: number;
  readonly sizeOf: (message: T) => number;
}

const NOTHING_AHEAD: Ahead<unknown> = { count: 0, bytes: 0, sizeOf: () => 0 };

/**
 * Pulls messages from a server stream: nothing is read from the socket beyond the stream's small buffer and what may be held ahead until the
 * consumer asks, so a slow one holds the server back by flow control.
 */
export class Pull<T> {
  private held: T[] = [];
  private next = 0;
  private heldBytes = 0;
  private failure: Error | undefined;
  private ended = false;
  private interrupted = false;
  private wake: () => void = () => {};

  constructor(
    private readonly stream: Readable,
    private readonly clock: Clock,
    readonly cancel: () => void,
    private readonly ahead: Ahead<T> = NOTHING_AHEAD,
  ) {
    stream.on('readable', () => {
      this.gather();
      this.wake();
    });
    stream.on('error', (error: Error) => {
      this.failure ??= error;
      this.wake();
    });
    stream.on('end', () => {
      this.ended = true;
      this.wake();
    });
  }

  /** The next message if it is here already. */
  now(): T | undefined {
    if (this.next < this.held.length) return this.held[this.next++];
    [this.held, this.next, this.heldBytes] = [[], 0, 0];
    return (this.stream.read() as T | null) ?? undefined;
  }

  private get isThere(): boolean {
    return this.next < this.held.length || this.stream.readableLength > 0;
  }

  private gather(): void {
    const { count, bytes, sizeOf } = this.ahead;
    while (this.held.length < count && this.heldBytes < bytes) {
      const message = this.stream.read() as T | null;
      if (message === null) return;
      this.held.push(message);
      this.heldBytes += sizeOf(message);
    }
  }

  /** Waits at most `ms` for a message or the end, or until the signal aborts. Rejects with the stream's error. */
  async wait(ms: number, signal?: AbortSignal): Promise<'message' | 'end' | 'idle'> {
    this.interrupted = false;
    const stop = () => {
      this.interrupted = true;
      this.wake();
    };
    const cancel = this.clock.after(ms, stop);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    try {
      while (!this.isThere && !this.interrupted) {
        if (this.failure !== undefined) throw this.failure;
        if (this.ended) return 'end';
        await this.woken();
      }
      return this.isThere ? 'message' : 'idle';
    } finally {
      cancel();
      signal?.removeEventListener('abort', stop);
    }
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      // Starts the flow, and lets an end behind the last message show itself.
      this.stream.read(0);
    });
  }
}
