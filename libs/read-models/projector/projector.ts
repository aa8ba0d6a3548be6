import { setImmediate } from 'node:timers/promises';
import { position, revision, type EventStore, type StoredEvent } from '#event-store';
import { systemClock, type Clock } from '#kernel';
import type { ReadModels } from '../database/read-models.js';
import { BatchWriter, type Decode } from './batch.js';
import { Checkpoints } from './checkpoints.js';
import type { Projection } from './projection.js';
import { Waiters } from './waiters.js';

const BATCH = 1_000;
/** So many events at once mean that there are more to come: read on without a pause. */
const BACKLOG = 250;
const PAUSE_MS = 20;

/** What ends a projector, and whom it tells after every batch. */
export interface ProjectorSignals {
  readonly signal: AbortSignal;
  readonly onMoved?: (position: number) => void;
}

export interface ProjectorOptions extends ProjectorSignals {
  readonly store: EventStore;
  readonly decode: Decode;
  readonly readModels: ReadModels;
  readonly projections: readonly Projection[];
  /** One id per process start. */
  readonly owner: string;
  readonly clock?: Clock;
}

export interface Projector {
  /** All views hold every event up to here. */
  position(): number;
  /** Resolves when `position()` has come so far; Refusal `position_timeout` (503) after `timeoutMs`. */
  waitFor(position: number, timeoutMs: number): Promise<void>;
  /** Why nothing is projected at the moment; undefined while all is well. */
  failure(): string | undefined;
  /** Settles when the projector has stopped: resolves on abort, rejects with what stopped it. */
  readonly done: Promise<void>;
}

class RunningProjector implements Projector {
  readonly done: Promise<void>;
  private readonly waiters: Waiters;
  private wake: () => void = () => {};
  private stoppedBy: string | undefined;

  constructor(
    private readonly options: ProjectorOptions,
    private readonly checkpoints: Checkpoints,
    private readonly writer: BatchWriter,
    private readonly clock: Clock,
  ) {
    this.waiters = new Waiters(clock, () => this.position());
    this.done = this.run().finally(() => this.waiters.end());
    this.done.catch((error: unknown) => (this.stoppedBy = String(error)));
  }

  position(): number {
    return this.checkpoints.lowest();
  }

  failure(): string | undefined {
    return this.stoppedBy;
  }

  waitFor(wanted: number, timeoutMs: number): Promise<void> {
    const waiting = this.waiters.wait(wanted, timeoutMs);
    if (this.stoppedBy !== undefined || this.options.signal.aborted) this.waiters.end();
    this.wake();
    return waiting;
  }

  private async run(): Promise<void> {
    const { store, signal } = this.options;
    const after = position(this.position());
    for await (const delivery of store.subscribe({ after, signal })) {
      const events = delivery.kind === 'events' ? delivery.events : [];
      await this.take(events, delivery.position);
      if (events.length < BACKLOG) await this.pause();
      if (signal.aborted) return;
    }
  }

  /** Gives the event loop a turn between batches: the runner shares this thread. */
  private async take(events: readonly StoredEvent[], end: number): Promise<void> {
    for (let from = 0; from === 0 || from < events.length; from += BATCH) {
      const batch = events.slice(from, from + BATCH);
      await this.writeBatch(batch, from + BATCH >= events.length ? end : batch.at(-1)!.position);
      await setImmediate();
      if (this.options.signal.aborted) return;
    }
  }

  private async writeBatch(events: readonly StoredEvent[], to: number): Promise<void> {
    if (to <= this.position()) return;
    await this.writer.write(events, to);
    this.waiters.moved();
    this.options.onMoved?.(this.position());
  }

  /** Lets events gather into a batch, unless a query waits for them. */
  private async pause(): Promise<void> {
    const { signal } = this.options;
    if (this.waiters.any || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(PAUSE_MS, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
      signal.addEventListener('abort', this.wake, { once: true });
    });
    signal.removeEventListener('abort', this.wake);
    this.wake = () => {};
  }
}

/**
 * Starts the one projector of these read models. Throws a StoreError when the log has lost acknowledged events or is another log
 * (see `acceptLoss`). Views whose version changed are rebuilt from the start of the log, the others go on meanwhile.
 */
export async function startProjector(options: ProjectorOptions): Promise<Projector> {
  const { store, readModels, projections, decode } = options;
  const checkpoints = new Checkpoints(readModels, store.logId, options.owner);
  await checkpoints.open(projections, store);
  if (await knowsParked(options))
    for (const projection of projections) if (!projection.metadataOnly) await checkpoints.rebuild(projection);
  const writer = new BatchWriter(readModels.views, projections, checkpoints, decode);
  return new RunningProjector(options, checkpoints, writer, options.clock ?? systemClock);
}

/** True when an event that was unknown when it came has its code now (law 8): views that parked it are then rebuilt. */
async function knowsParked({ store, decode, readModels }: ProjectorOptions): Promise<boolean> {
  const rows = await readModels.db
    .selectFrom('parked')
    .select(['stream', 'type', (eb) => eb.fn.min('revision').as('revision')])
    .where('kind', '=', 'unknown')
    .groupBy(['stream', 'type'])
    .limit(1_000)
    .execute();
  for (const row of rows) {
    const page = await store.readStream(row.stream, { from: revision(Number(row.revision)), limit: 1 });
    try {
      if (page.events[0] && decode(page.events[0])) return true;
    } catch {
      continue;
    }
  }
  return false;
}
