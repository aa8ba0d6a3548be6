import { setImmediate } from 'node:timers/promises';
import { position, revision, type EventStore, type StoredEvent } from '#event-store';
import { Refusal, systemClock, type Clock } from '#kernel';
import type { ReadModels } from '../database/read-models.js';
import { BatchWriter, type Decode } from './batch.js';
import { Checkpoints } from './checkpoints.js';
import type { Projection } from './projection.js';

const BATCH = 1_000;
const PAUSE_MS = 20;

/** How far the read models are: told after every batch. `behindMs`: age of the batch's last event. */
export interface Lag {
  readonly position: number;
  readonly events: number;
  readonly behindMs: number;
}

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly decode: Decode;
  readonly readModels: ReadModels;
  readonly projections: readonly Projection[];
  readonly onLag?: (lag: Lag) => void;
  readonly clock?: Clock;
  readonly signal: AbortSignal;
}

export interface Projector {
  /** All views hold every event up to here. */
  position(): number;
  /** Resolves when `position()` has come so far; Refusal `position_timeout` (503) after `timeoutMs`. */
  waitFor(position: number, timeoutMs: number): Promise<void>;
  /** Settles when the projector has stopped: resolves on abort, rejects with what stopped it. */
  readonly done: Promise<void>;
}

interface Waiter {
  readonly position: number;
  readonly settle: (error?: Error) => void;
}

class RunningProjector implements Projector {
  readonly done: Promise<void>;
  private waiters: Waiter[] = [];
  private wake: () => void = () => {};
  private stopped = false;

  constructor(
    private readonly options: ProjectorOptions,
    private readonly checkpoints: Checkpoints,
    private readonly writer: BatchWriter,
    private readonly clock: Clock,
  ) {
    this.done = this.run().finally(() => this.end());
    this.done.catch(() => {});
  }

  position(): number {
    return this.checkpoints.lowest();
  }

  waitFor(wanted: number, timeoutMs: number): Promise<void> {
    if (this.position() >= wanted) return Promise.resolve();
    if (this.stopped) return Promise.reject(late(wanted, this.position()));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        position: wanted,
        settle: (error) => {
          cancel();
          this.waiters = this.waiters.filter((other) => other !== waiter);
          if (error) reject(error);
          else resolve();
        },
      };
      const cancel = this.clock.after(timeoutMs, () => waiter.settle(late(wanted, this.position())));
      this.waiters.push(waiter);
      this.wake();
    });
  }

  private async run(): Promise<void> {
    const { store, signal } = this.options;
    const after = position(this.position());
    for await (const delivery of store.subscribe({ after, signal })) {
      if (delivery.kind === 'events') await this.take(delivery.events, delivery.position);
      else {
        this.writeBatch([], delivery.position);
        await this.pause();
      }
      if (signal.aborted) return;
    }
  }

  /** Gives the event loop a turn between batches: the runner shares this thread. */
  private async take(events: readonly StoredEvent[], end: number): Promise<void> {
    for (let from = 0; from < events.length; from += BATCH) {
      const batch = events.slice(from, from + BATCH);
      this.writeBatch(batch, from + BATCH >= events.length ? end : batch.at(-1)!.position);
      await setImmediate();
      if (this.options.signal.aborted) return;
    }
  }

  private writeBatch(events: readonly StoredEvent[], to: number): void {
    if (to <= this.position()) return;
    this.writer.write(events, to);
    for (const waiter of this.waiters.filter((each) => each.position <= this.position())) waiter.settle();
    const last = events.at(-1);
    if (last && this.options.onLag)
      this.options.onLag({ position: this.position(), events: events.length, behindMs: this.age(last) });
  }

  private age(event: StoredEvent): number {
    return Math.max(0, this.clock.now() - ((JSON.parse(event.metadata) as { time?: number }).time ?? this.clock.now()));
  }

  /** Lets events gather into a batch, unless a query waits for them. */
  private async pause(): Promise<void> {
    const { signal } = this.options;
    if (this.waiters.length > 0 || signal.aborted) return;
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

  private end(): void {
    this.stopped = true;
    for (const waiter of this.waiters) waiter.settle(late(waiter.position, this.position()));
  }
}

const late = (wanted: number, at: number) =>
  new Refusal('position_timeout', 503, `the read models are at ${at} and have not reached ${wanted} in time`, {
    position: at,
    wanted,
  });

/**
 * Starts the one projector of these read models. Throws a StoreError when the log has lost acknowledged events or is another log
 * (see `acceptLoss`). Views whose version changed are rebuilt from the start of the log, the others go on meanwhile.
 */
export async function startProjector(options: ProjectorOptions): Promise<Projector> {
  const { store, readModels, projections, decode } = options;
  const checkpoints = new Checkpoints(readModels, store.logId);
  await checkpoints.open(projections, store);
  if (await knowsParked(options))
    for (const projection of projections) if (!projection.metadataOnly) checkpoints.rebuild(projection);
  const writer = new BatchWriter(readModels, projections, checkpoints, decode);
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
