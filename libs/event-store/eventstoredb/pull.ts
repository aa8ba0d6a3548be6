import type { Readable } from 'node:stream';
import type { Clock } from '#kernel';

/**
 * Pulls messages from a server stream: nothing is read from the socket beyond the stream's small buffer until the consumer asks, so a
 * slow one holds the server back by flow control.
 */
export class Pull<T> {
  private failure: Error | undefined;
  private ended = false;
  private interrupted = false;
  private wake: () => void = () => {};

  constructor(
    private readonly stream: Readable,
    private readonly clock: Clock,
    readonly cancel: () => void,
  ) {
    stream.on('readable', () => this.wake());
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
    return (this.stream.read() as T | null) ?? undefined;
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
      while (this.stream.readableLength === 0 && !this.interrupted) {
        if (this.failure !== undefined) throw this.failure;
        if (this.ended) return 'end';
        await this.woken();
      }
      return this.stream.readableLength > 0 ? 'message' : 'idle';
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
