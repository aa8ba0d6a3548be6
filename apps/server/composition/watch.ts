import type { Clock } from '#kernel';

/** One that is silent for so long is told as away, ms. */
const SILENT_MS = 1_500;

/** Asks again and again, and keeps the last answer: so health and metrics cost no call, and an absence is noticed by who does not ask. */
export class Watch<T> {
  /** Undefined before the first answer. */
  latest: T | undefined;
  private answeredAt: number;
  private failure: string | undefined;
  private cancel = () => {};
  private stopped = false;

  constructor(
    private readonly question: () => Promise<T>,
    private readonly clock: Clock,
    private readonly everyMs = 1_000,
  ) {
    this.answeredAt = clock.now();
    this.ask();
  }

  /** Why there is no answer; undefined while there is. */
  trouble(): string | undefined {
    if (this.failure !== undefined) return this.failure;
    const silentMs = this.clock.now() - this.answeredAt;
    return silentMs > this.everyMs + SILENT_MS ? `no answer for ${silentMs} ms` : undefined;
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private ask(): void {
    this.question().then(
      (answer) => {
        this.latest = answer;
        this.answeredAt = this.clock.now();
        this.later(undefined);
      },
      (error: Error) => this.later(error.message),
    );
  }

  private later(failure: string | undefined): void {
    this.failure = failure;
    if (!this.stopped) this.cancel = this.clock.after(this.everyMs, () => this.ask());
  }
}
