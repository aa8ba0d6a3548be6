import { Refusal, type Clock } from '#kernel';

interface Waiter {
  readonly position: number;
  readonly settle: (error?: Error) => void;
}

/** Queries that wait until the views have come to a position. */
export class Waiters {
  private waiting = new Set<Waiter>();

  constructor(
    private readonly clock: Clock,
    private readonly position: () => number,
  ) {}

  get any(): boolean {
    return this.waiting.size > 0;
  }

  /** Refusal `position_timeout` (503) after `timeoutMs`. */
  wait(wanted: number, timeoutMs: number): Promise<void> {
    if (this.position() >= wanted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        position: wanted,
        settle: (error) => {
          cancel();
          this.waiting.delete(waiter);
          if (error) reject(error);
          else resolve();
        },
      };
      const cancel = this.clock.after(timeoutMs, () => waiter.settle(this.late(wanted)));
      this.waiting.add(waiter);
    });
  }

  /** The position has moved. */
  moved(): void {
    for (const waiter of this.waiting) if (waiter.position <= this.position()) waiter.settle();
  }

  /** It will not move any more. */
  end(): void {
    for (const waiter of this.waiting) waiter.settle(this.late(waiter.position));
  }

  private late(wanted: number): Refusal {
    const at = this.position();
    const message = `the read models are at ${at} and have not reached ${wanted} in time`;
    return new Refusal('position_timeout', 503, message, { position: at, wanted });
  }
}
