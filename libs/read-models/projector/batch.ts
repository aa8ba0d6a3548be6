import { categoryOf, UnknownEvent, type EventMetadata, type RecordedEvent, type StoredEvent } from '#event-store';
import type { TableShape, Value, ViewStore } from '../database/view-store.js';
import type { Places } from './places.js';
import { wants, type Missing, type Projection, type ProjectionRun } from './projection.js';

export type Decode = (stored: StoredEvent) => RecordedEvent;

/** Events that the live rows lack. */
export const PARKED: TableShape = {
  name: 'parked',
  columns: ['stream', 'revision', 'projection', 'type', 'position', 'kind', 'reason'],
  key: ['stream', 'revision', 'projection'],
};
/** Those that the rows beside and the rows of before lack: no query sees them. */
export const PARKED_BESIDE: TableShape = { ...PARKED, name: 'parked_beside' };

interface Running {
  readonly projection: Projection;
  readonly run: ProjectionRun;
}

/** A projection and the events that it has to take in, of those that were read together. */
interface Taking extends Running {
  readonly from: number;
  readonly events: Read[];
}

/** Those that want the events of a category. */
interface Takers {
  readonly all: readonly Taking[];
  /** One of them reads the data of every event. */
  readonly alwaysData: boolean;
}

/** One for all projections that want it; without data where none of them reads these. */
interface Read {
  readonly stored: StoredEvent;
  readonly event?: RecordedEvent;
  /** Why there is no event. */
  readonly error?: unknown;
}

/** Writes batches: rows, parked events and checkpoints in one transaction. */
export class BatchWriter {
  private readonly running: readonly Running[];
  private readonly bare = new Bare();
  /** Of the batch that is folded and not written. */
  private parkedRows: (readonly Value[])[] = [];
  private foldedTo = 0;

  constructor(
    private readonly views: ViewStore,
    projections: readonly Projection[],
    private readonly places: Places,
    private readonly decode: Decode,
    private readonly parked: TableShape = PARKED,
  ) {
    this.running = projections.map((projection) => ({ projection, run: projection.begin() }));
  }

  async write(events: readonly StoredEvent[], to: number): Promise<void> {
    await this.fold(events, to);
    await this.flush();
  }

  /** Takes in events, in the order of the log and every one up to `to`, in memory only. After an error nothing of the batch is kept. */
  async fold(events: readonly StoredEvent[], to: number): Promise<void> {
    try {
      for (const taking of this.route(events, this.behind(to))) await this.add(taking);
      this.foldedTo = to;
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  /** Writes what was folded since the last time. */
  async flush(): Promise<void> {
    const [behind, to] = [this.behind(this.foldedTo), this.foldedTo];
    if (behind.length === 0) return;
    try {
      const changes = behind.flatMap(({ run }) => run.flush());
      if (this.parkedRows.length > 0) changes.push({ table: this.parked, upserts: this.parkedRows, removals: [] });
      const names = behind.map(({ projection }) => projection.name);
      await this.views.apply({ owner: this.places.owner, advances: this.places.advances(names, to), changes });
      this.places.advanced(names, to);
      this.parkedRows = [];
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  private behind(to: number): readonly Running[] {
    return this.running.filter(({ projection }) => this.places.of(projection.name) < to);
  }

  private drop(): void {
    for (const { run } of this.running) run.drop();
    this.parkedRows = [];
    this.foldedTo = 0;
  }

  /** Gives each event to those that want it; what nobody wants is not decoded. */
  private route(events: readonly StoredEvent[], behind: readonly Running[]): readonly Taking[] {
    const all = behind.map((each): Taking => ({ ...each, from: this.places.of(each.projection.name), events: [] }));
    const byCategory = new Map<string, Takers>();
    for (const stored of events) {
      const category = categoryOf(stored.stream);
      let takers = byCategory.get(category);
      if (takers === undefined) byCategory.set(category, (takers = takersOf(category, all)));
      if (takers.all.length === 0) continue;
      const read = this.read(stored, takers);
      for (const taker of takers.all) if (stored.position > taker.from) taker.events.push(read);
    }
    return all;
  }

  private read(stored: StoredEvent, { all, alwaysData }: Takers): Read {
    const whole = alwaysData || all.some(({ projection }) => projection.readsData?.(stored.type));
    try {
      return { stored, event: whole ? this.decode(stored) : this.bare.of(stored) };
    } catch (error) {
      return { stored, error };
    }
  }

  private async add({ projection, run, events }: Taking): Promise<void> {
    await this.load(run, events);
    for (const { stored, event, error } of events)
      try {
        if (event === undefined && projection.readsData === undefined) throw error;
        run.add(event ?? this.bare.of(stored));
      } catch (reason) {
        this.parkedRows.push(parkedRow(stored, projection.name, reason));
      }
  }

  private async load(run: ProjectionRun, events: readonly Read[]): Promise<void> {
    if (run.missing === undefined) return;
    const missing = new Map<TableShape, Set<string>>();
    for (const { event } of events)
      for (const { table, id } of missedBy(run, event)) missing.set(table, (missing.get(table) ?? new Set()).add(id));
    for (const [table, ids] of missing)
      for (const row of await this.views.load(table, [...ids])) run.hold?.(row, table);
  }
}

function takersOf(category: string, taking: readonly Taking[]): Takers {
  const all = taking.filter(({ projection }) => wants(projection, category));
  return { all, alwaysData: all.some(({ projection }) => projection.readsData === undefined) };
}

/** Events without their data; those of one append share their metadata. */
class Bare {
  private last = { text: '', metadata: {} as EventMetadata };

  of({ type, id, stream, revision, position, metadata: text }: StoredEvent): RecordedEvent {
    if (text !== this.last.text) this.last = { text, metadata: JSON.parse(text) as EventMetadata };
    return { type, data: null, id, stream, revision, position, metadata: this.last.metadata };
  }
}

/** Nothing for an event that the projection cannot even look at: adding it throws the same, which parks it. */
function missedBy(run: ProjectionRun, event: RecordedEvent | undefined): readonly Missing[] {
  try {
    return (event && run.missing?.(event)) ?? [];
  } catch {
    return [];
  }
}

function parkedRow(stored: StoredEvent, projection: string, error: unknown): readonly Value[] {
  const kind = error instanceof UnknownEvent ? 'unknown' : 'failed';
  const reason = error instanceof Error ? error.message : String(error);
  return [stored.stream, stored.revision, projection, stored.type, stored.position, kind, reason];
}
