import { setImmediate } from 'node:timers/promises';
import { position, type StoredEvent } from '#event-store';
import { systemClock, type Clock } from '#kernel';
import { SecondProjector } from '../database/view-store.js';
import { BatchWriter } from './batch.js';
import type { Checkpoints } from './checkpoints.js';
import { beat, letGo } from './claim.js';
import { dropRowsOfPersons, forgets, holdsPersonal } from './forgetting.js';
import type { Projection } from './projection.js';
import type { Projector, ProjectorOptions } from './projector.types.js';
import { Rebuilding } from './rebuilding.js';
import { sleep } from './sleep.js';
import { Turns } from './turns.js';
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
  private readonly turns = new Turns();
  private writer: BatchWriter;
  private wake: () => void = () => {};
  private stoppedBy: string | undefined;
  /** Files of the database may hold what was erased: a kill may have come before the scrub, or a reader have kept it from its end. */
  private unclean: boolean;

  constructor(
    private readonly options: ProjectorOptions,
    private readonly checkpoints: Checkpoints,
    private fed: readonly Projection[],
  ) {
    this.clock = options.clock ?? systemClock;
    this.signal = AbortSignal.any([options.signal, this.stopping.signal]);
    this.writer = this.writerFor(fed);
    this.unclean = options.projections.some(holdsPersonal);
    this.waiters = new Waiters(this.clock, () => this.position());
    this.done = this.run().finally(() => this.waiters.end());
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

  /** Until one of its loops ends. Where other processes may project as well, it lets go at the end. */
  private async run(): Promise<void> {
    const { readModels, owner } = this.options;
    const stop = () => this.stopping.abort();
    const loops = [this.follow(), this.rebuilding().run(), ...(readModels.shared ? [this.keepBeating()] : [])];
    const ends = await Promise.allSettled(loops.map((loop) => loop.finally(stop)));
    const failed = ends.find((end) => end.status === 'rejected');
    const gone = readModels.shared ? letGo(readModels, owner) : Promise.resolve();
    await (failed ? gone.catch(() => {}) : gone);
    if (failed) throw failed.reason;
  }

  private async follow(): Promise<void> {
    const { options, signal } = this;
    const { backlog = BACKLOG, pauseMs = PAUSE_MS } = options;
    while (this.fed.length === 0 && !signal.aborted) await this.pause(BEAT_MS);
    if (signal.aborted) return;
    await this.turns.take(() => this.scrub());
    const after = position(this.checkpoints.live.lowest());
    for await (const delivery of options.store.subscribe({ after, signal })) {
      const events = delivery.kind === 'events' ? delivery.events : [];
      await this.take(events, delivery.position);
      if (events.length < backlog && !this.waiters.any) await this.pause(pauseMs);
      if (signal.aborted) return;
    }
  }

  /** Gives the event loop a turn between batches: the runner shares this thread. */
  private async take(events: readonly StoredEvent[], end: number): Promise<void> {
    for (let from = 0; from === 0 || from < events.length; from += BATCH) {
      const batch = events.slice(from, from + BATCH);
      const to = from + BATCH >= events.length ? end : batch.at(-1)!.position;
      await this.turns.take(() => this.writeBatch(batch, to));
      await setImmediate();
      if (this.signal.aborted) return;
    }
  }

  private async writeBatch(events: readonly StoredEvent[], to: number): Promise<void> {
    if (to <= this.checkpoints.live.lowest()) return;
    const { readModels } = this.options;
    if (forgets(this.fed, events)) {
      this.unclean = true;
      await readModels.db.transaction().execute((tx) => dropRowsOfPersons(tx, this.fed));
    }
    await this.writer.write(events, to);
    await this.scrub();
    this.moved();
  }

  private async scrub(): Promise<void> {
    if (this.unclean) this.unclean = !(await this.options.readModels.views.scrub());
  }

  private moved(): void {
    this.waiters.moved();
    this.options.onMoved?.(this.position());
  }

  /** Lets events gather into a batch, until a query waits for them. */
  private pause(ms: number): Promise<void> {
    return sleep(this.clock, ms, this.signal, (wake) => (this.wake = wake));
  }

  private rebuilding(): Rebuilding {
    return new Rebuilding({
      ...this.options,
      signal: this.signal,
      turns: this.turns,
      fedTo: () => (this.fed.length > 0 ? this.checkpoints.live.highest() : undefined),
      adopt: (projection, at) => this.adopt(projection, at),
    });
  }

  /** The rows of this projection are others from now on: what is held of them in memory is forgotten. */
  private async adopt(projection: Projection, at: number): Promise<void> {
    this.unclean ||= holdsPersonal(projection);
    await this.scrub();
    this.checkpoints.adopted(projection, at);
    this.fed = this.options.projections.filter((each) => this.fed.includes(each) || each === projection);
    this.writer = this.writerFor(this.fed);
    this.moved();
    this.wake();
  }

  private writerFor(projections: readonly Projection[]): BatchWriter {
    const { readModels, decode } = this.options;
    return new BatchWriter(readModels.views, projections, this.checkpoints.live, decode);
  }

  /** Where other processes may project as well: shows that this one lives. */
  private async keepBeating(): Promise<void> {
    const { readModels, owner, projections } = this.options;
    while (!this.signal.aborted) {
      if (!(await beat(readModels, owner, projections))) throw new SecondProjector('of this group');
      await sleep(this.clock, BEAT_MS, this.signal);
    }
  }
}
