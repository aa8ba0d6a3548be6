import { setImmediate } from 'node:timers/promises';
import { position, type StoredEvent } from '#event-store';
import { systemClock, type Clock } from '#kernel';
import { SecondProjector } from '../database/view-store.js';
import { BatchWriter } from './batch.js';
import type { Checkpoints } from './checkpoints.js';
import { beat, letGo } from './claim.js';
import type { Projection } from './projection.js';
import type { Projector, ProjectorOptions } from './projector.types.js';
import { sleep } from './sleep.js';
import { Waiters } from './waiters.js';

/** At most so many events in one transaction. */
const BATCH = 4_000;
const BEAT_MS = 1_000;
/** So many events at once mean that there are more to come: read on without a pause, unless the options say otherwise. */
const BACKLOG = 250;
const PAUSE_MS = 20;

/** The projector at work. */
export class RunningProjector implements Projector {
  readonly done: Promise<void>;
  private readonly clock: Clock;
  private readonly waiters: Waiters;
  private readonly stopping = new AbortController();
  private readonly signal: AbortSignal;
  private writer: BatchWriter;
  private wake: () => void = () => {};
  private stoppedBy: string | undefined;

  constructor(
    private readonly options: ProjectorOptions,
    private readonly checkpoints: Checkpoints,
    running: readonly Projection[],
  ) {
    this.clock = options.clock ?? systemClock;
    this.signal = AbortSignal.any([options.signal, this.stopping.signal]);
    this.writer = this.writerFor(running);
    this.waiters = new Waiters(this.clock, () => this.position());
    this.done = (options.readModels.shared ? this.claimed() : this.run()).finally(() => this.waiters.end());
    this.done.catch((error: unknown) => (this.stoppedBy = String(error)));
  }

  position(): number {
    return this.checkpoints.complete();
  }

  failure(): string | undefined {
    return this.stoppedBy;
  }

  waitFor(wanted: number, timeoutMs: number): Promise<void> {
    const waiting = this.waiters.wait(wanted, timeoutMs);
    if (this.stoppedBy !== undefined || this.signal.aborted) this.waiters.end();
    this.wake();
    return waiting;
  }

  private async run(): Promise<void> {
    const { options, signal } = this;
    const { backlog = BACKLOG } = options;
    const after = position(this.checkpoints.lowest());
    for await (const delivery of options.store.subscribe({ after, signal })) {
      const events = delivery.kind === 'events' ? delivery.events : [];
      await this.take(events, delivery.position);
      if (events.length < backlog && !signal.aborted) {
        await this.switchOver();
        await this.pause();
      }
      if (signal.aborted) return;
    }
  }

  /** Gives the event loop a turn between batches: the runner shares this thread. */
  private async take(events: readonly StoredEvent[], end: number): Promise<void> {
    for (let from = 0; from === 0 || from < events.length; from += BATCH) {
      const batch = events.slice(from, from + BATCH);
      await this.writeBatch(batch, from + BATCH >= events.length ? end : batch.at(-1)!.position);
      await setImmediate();
      if (this.signal.aborted) return;
    }
  }

  private async writeBatch(events: readonly StoredEvent[], to: number): Promise<void> {
    if (to <= this.checkpoints.lowest()) return;
    await this.writer.write(events, to);
    this.moved();
  }

  private moved(): void {
    this.waiters.moved();
    this.options.onMoved?.(this.position());
  }

  /** Lets events gather into a batch, unless a query waits for them. */
  private async pause(): Promise<void> {
    if (this.waiters.any) return;
    const { pauseMs = PAUSE_MS } = this.options;
    await sleep(this.clock, pauseMs, this.signal, (wake) => (this.wake = wake));
  }

  /** What was rebuilt beside the live tables has caught up and takes their place. */
  private async switchOver(): Promise<void> {
    const { projections } = this.options;
    if (!this.checkpoints.rebuilt()) return;
    await this.checkpoints.switchOver(projections);
    this.writer = this.writerFor(projections);
    this.moved();
  }

  private writerFor(projections: readonly Projection[]): BatchWriter {
    const { readModels, decode } = this.options;
    return new BatchWriter(readModels.views, projections, this.checkpoints, decode);
  }

  /** Where other processes may project as well: shows that this one lives, and lets go at the end. */
  private async claimed(): Promise<void> {
    const { readModels, owner } = this.options;
    const stop = () => this.stopping.abort();
    const ends = await Promise.allSettled([this.run().finally(stop), this.keepBeating().finally(stop)]);
    const failed = ends.find((end) => end.status === 'rejected');
    const gone = letGo(readModels, owner);
    await (failed ? gone.catch(() => {}) : gone);
    if (failed) throw failed.reason;
  }

  private async keepBeating(): Promise<void> {
    const { readModels, owner } = this.options;
    while (!this.signal.aborted) {
      if (!(await beat(readModels, owner))) throw new SecondProjector('of this group');
      await sleep(this.clock, BEAT_MS, this.signal);
    }
  }
}
