import type { EventStore, Position } from '#event-store';
import type { Clock } from '#kernel';

const EVERY_MS = 1_000;
/** A log that is silent for so long is told as away. */
const SILENT_MS = 1_500;

/** Asks the log every second whether it answers: a process that only reads views would not notice otherwise. */
export class LogWatch {
  private answeredAt: number;
  private failure: string | undefined;
  private cancel = () => {};
  private stopped = false;

  constructor(
    private readonly store: Pick<EventStore, 'head'>,
    private readonly clock: Clock,
  ) {
    this.answeredAt = clock.now();
    this.ask();
  }

  /** Why the log does not answer; undefined while it does. */
  trouble(): string | undefined {
    if (this.failure !== undefined) return this.failure;
    const silentMs = this.clock.now() - this.answeredAt;
    return silentMs > EVERY_MS + SILENT_MS ? `no answer for ${silentMs} ms` : undefined;
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private ask(): void {
    this.store.head().then(
      (_head: Position) => {
        this.answeredAt = this.clock.now();
        this.later(undefined);
      },
      (error: Error) => this.later(error.message),
    );
  }

  private later(failure: string | undefined): void {
    this.failure = failure;
    if (!this.stopped) this.cancel = this.clock.after(EVERY_MS, () => this.ask());
  }
}
