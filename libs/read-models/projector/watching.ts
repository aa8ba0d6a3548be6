import { systemClock, type Clock } from '#kernel';
import type { ReadModels } from '../database/read-models.js';
import { checkpointsOf, claim, free, completeTo, type Checkpoint } from './claim.js';
import type { Projection } from './projection.js';
import type { Projector, ProjectorSignals } from './projector.types.js';
import { sleep } from './sleep.js';
import { Waiters } from './waiters.js';

const LOOK_MS = 500;
const LOOK_WHILE_WAITING_MS = 25;
/** An owner beats every second; one that is silent for so long is gone. With the looks between: taken over within 10 s. */
const SILENT_MS = 5_000;

export interface WatchingOptions extends ProjectorSignals {
  readonly readModels: ReadModels;
  /** Those of one group. */
  readonly projections: readonly Projection[];
  /** Takes over for this owner when the projector at work falls silent or lets go, and ends; without it only watches. */
  readonly takeOverFor?: string;
  readonly clock?: Clock;
}

/** Another process projects; this one follows how far it has come. */
class WatchingProjector implements Projector {
  readonly done: Promise<void>;
  private readonly clock: Clock;
  private readonly waiters: Waiters;
  private wake: () => void = () => {};
  private at = 0;
  private failed: string | undefined;
  private seen = { text: '', since: 0 };

  constructor(private readonly options: WatchingOptions) {
    this.clock = options.clock ?? systemClock;
    this.waiters = new Waiters(this.clock, () => this.at);
    this.done = this.run().finally(() => this.waiters.end());
  }

  position(): number {
    return this.at;
  }

  failure(): string | undefined {
    return this.failed;
  }

  waitFor(position: number, timeoutMs: number): Promise<void> {
    const waiting = this.waiters.wait(position, timeoutMs);
    this.wake();
    return waiting;
  }

  private async run(): Promise<void> {
    const { signal } = this.options;
    while (!signal.aborted) {
      try {
        if (await this.look()) return;
        this.failed = undefined;
      } catch (error) {
        this.failed = error instanceof Error ? error.message : String(error);
        this.seen = { text: '', since: 0 };
      }
      const ms = this.waiters.any && this.failed === undefined ? LOOK_WHILE_WAITING_MS : LOOK_MS;
      await sleep(this.clock, ms, signal, (wake) => (this.wake = wake));
    }
  }

  /** True when it has taken over. */
  private async look(): Promise<boolean> {
    const { takeOverFor, readModels, projections } = this.options;
    const rows = await checkpointsOf(readModels, projections);
    const moved = completeTo(rows);
    if (moved !== this.at) {
      this.at = moved;
      this.waiters.moved();
      this.options.onMoved?.(moved);
    }
    if (takeOverFor === undefined) return false;
    return (free(rows, takeOverFor) || this.silent(rows)) && (await claim(readModels, takeOverFor, rows));
  }

  private silent(rows: readonly Checkpoint[]): boolean {
    const text = JSON.stringify(rows);
    const now = this.clock.now();
    if (text !== this.seen.text) this.seen = { text, since: now };
    return now - this.seen.since >= SILENT_MS;
  }
}

/** Follows the read models that another process projects. */
export const watchProjector = (options: WatchingOptions): Projector => new WatchingProjector(options);
