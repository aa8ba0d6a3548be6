import type { Clock } from '#kernel';
import type { OpenWork } from './runtime.types.js';

/** How often, and how long a row must be overdue (ms). Several workers leave a row to the one that recorded it for a moment. */
const ALONE = { everyMs: 5_000, overdueMs: 0 };
const SHARED = { everyMs: 300, overdueMs: 200 };
const AFTER_FAILURE_MS = 1_000;
/** Instances that are loaded at once. */
const AT_ONCE = 64;
/** A row that stays overdue cannot be carried on at the moment: it is looked at less and less often. */
const FIRST_REPEAT_MS = 1_000;
const LONGEST_REPEAT_MS = 30_000;

interface Tried {
  readonly due: number;
  readonly waitMs: number;
  readonly next: number;
}

export interface SweepsOptions {
  readonly clock: Clock;
  readonly openWork: (dueBefore?: number) => Iterable<OpenWork> | AsyncIterable<OpenWork>;
  /** Asked before each sweep where several workers share the worklist. */
  readonly keepsTime?: () => boolean;
  readonly paused: () => boolean;
  readonly wake: (stream: string) => Promise<void>;
  /** Goes on by itself in this process. */
  readonly underWay: (stream: string) => boolean;
  readonly failed: (error: unknown) => void;
}

/**
 * Drives what the worklist shows as overdue (law 6): what a dead process, a lost message or a full slot left behind. The worklist is the
 * truth about what is open; that a row is driven twice, or early, is silence.
 */
export class Sweeps {
  private tried = new Map<string, Tried>();
  private cancel = () => {};
  private stopped = false;

  constructor(private readonly options: SweepsOptions) {}

  begin(afterMs = this.pace.everyMs): void {
    if (this.stopped) return;
    this.cancel = this.options.clock.after(afterMs, () => {
      this.sweep().then(
        () => this.begin(),
        (error: unknown) => {
          this.options.failed(error);
          this.begin(AFTER_FAILURE_MS);
        },
      );
    });
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private get pace(): typeof ALONE {
    return this.options.keepsTime === undefined ? ALONE : SHARED;
  }

  private async sweep(): Promise<void> {
    const { clock, keepsTime, openWork, paused, wake } = this.options;
    const still = new Map<string, Tried>();
    const dueBefore = clock.now() - this.pace.overdueMs;
    let batch: Promise<void>[] = [];
    const idle = paused() || keepsTime?.() === false;
    for await (const { stream, due } of idle ? [] : openWork(dueBefore)) {
      if (this.stopped || paused()) return;
      if (due === null || due > dueBefore || this.options.underWay(stream)) continue;
      if (this.takes(stream, due, still)) batch.push(wake(stream));
      if (batch.length < AT_ONCE) continue;
      await Promise.all(batch);
      batch = [];
    }
    await Promise.all(batch);
    this.tried = still;
  }

  /** False for a row that was driven for the same due time a short while ago. */
  private takes(stream: string, due: number, still: Map<string, Tried>): boolean {
    const now = this.options.clock.now();
    const before = this.tried.get(stream);
    const same = before?.due === due ? before : undefined;
    if (same !== undefined && now < same.next) {
      still.set(stream, same);
      return false;
    }
    const waitMs = same === undefined ? FIRST_REPEAT_MS : Math.min(same.waitMs * 2, LONGEST_REPEAT_MS);
    still.set(stream, { due, waitMs, next: now + waitMs });
    return true;
  }
}
