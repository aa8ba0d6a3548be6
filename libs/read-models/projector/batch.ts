import { categoryOf, UnknownEvent, type EventMetadata, type RecordedEvent, type StoredEvent } from '#event-store';
import type { TableShape, Value, ViewStore } from '../database/view-store.js';
import type { Places } from './places.js';
import type { Missing, Projection, ProjectionRun } from './projection.js';

export type Decode = (stored: StoredEvent) => RecordedEvent;

/** Events that the live rows lack. */
export const PARKED: TableShape = {
  name: 'parked',
  columns: ['stream', 'revision', 'projection', 'type', 'position', 'kind', 'reason'],
  key: ['stream', 'revision', 'projection'],
};
/** Those that the rows beside and the rows of before lack: no query sees them. */
export const PARKED_BESIDE: TableShape = { ...PARKED, name: 'parked_beside' };

interface Decoded {
  readonly stored: StoredEvent;
  readonly category: string;
  readonly event: RecordedEvent | undefined;
  readonly error?: unknown;
}

interface Running {
  readonly projection: Projection;
  readonly run: ProjectionRun;
}

/** Writes one batch: rows, parked events and checkpoints in one transaction. */
export class BatchWriter {
  private readonly running: readonly Running[];

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
    const decoded = events.map((stored) => this.tryDecode(stored));
    const behind = this.running.filter(({ projection }) => this.places.of(projection.name) < to);
    if (behind.length === 0) return;
    try {
      const parked: (readonly Value[])[] = [];
      for (const each of behind) await this.add(each, decoded, parked);
      const changes = behind.flatMap(({ run }) => run.flush());
      if (parked.length > 0) changes.push({ table: this.parked, upserts: parked, removals: [] });
      const names = behind.map(({ projection }) => projection.name);
      await this.views.apply({
        owner: this.places.owner,
        advances: this.places.advances(names, to),
        changes,
      });
      this.places.advanced(names, to);
    } catch (error) {
      for (const { run } of behind) run.drop();
      throw error;
    }
  }

  private async add({ projection, run }: Running, decoded: readonly Decoded[], parked: (readonly Value[])[]) {
    const from = this.places.of(projection.name);
    const wanted = decoded.filter((one) => one.stored.position > from && projection.wants(one.category));
    await this.load(run, wanted);
    for (const one of wanted) {
      const event = one.event ?? (projection.metadataOnly ? withoutData(one.stored) : undefined);
      try {
        if (event === undefined) throw one.error;
        run.add(event);
      } catch (error) {
        parked.push(parkedRow(one.stored, projection.name, error));
      }
    }
  }

  private async load(run: ProjectionRun, wanted: readonly Decoded[]): Promise<void> {
    if (run.missing === undefined) return;
    const missing = new Map<TableShape, Set<string>>();
    for (const { event } of wanted)
      for (const { table, id } of missedBy(run, event)) missing.set(table, (missing.get(table) ?? new Set()).add(id));
    for (const [table, ids] of missing)
      for (const row of await this.views.load(table, [...ids])) run.hold?.(row, table);
  }

  private tryDecode(stored: StoredEvent): Decoded {
    const category = categoryOf(stored.stream);
    try {
      return { stored, category, event: this.decode(stored) };
    } catch (error) {
      return { stored, category, event: undefined, error };
    }
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

function withoutData(stored: StoredEvent): RecordedEvent | undefined {
  try {
    return { ...stored, data: null, metadata: JSON.parse(stored.metadata) as EventMetadata };
  } catch {
    return undefined;
  }
}
