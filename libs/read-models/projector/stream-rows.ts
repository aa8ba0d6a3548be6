import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { idOf, type RecordedEvent } from '#event-store';
import type { Folded, Tables } from '../database/tables.js';
import type { PreparedProjection, Projection } from './projection.js';
import { upsertSql } from './upsert.js';

/** Columns beside id, revision, position and doc. */
export type Columns<R extends Folded> = { readonly [K in Exclude<keyof R, keyof Folded>]: R[K] };

/** A view with one row per stream: a pure fold of the stream's events into a document, from which the columns follow. */
export interface StreamView<R extends Folded, D> {
  readonly name: string;
  readonly version: number;
  readonly table: keyof Tables;
  readonly category: string;
  readonly columnNames: readonly Exclude<keyof R, keyof Folded>[];
  /** Undefined for a first event that begins no row. Never changes `doc` in place. */
  fold(doc: D | undefined, event: RecordedEvent): D | undefined;
  columns(doc: D): Columns<R>;
  /** Further rows of the same event, written with it; must be harmless when repeated. */
  readonly also?: {
    readonly tables: readonly (keyof Tables)[];
    prepare(raw: DatabaseSyncInstance): (event: RecordedEvent) => void;
  };
}

interface Held<D> {
  readonly revision: number;
  readonly position: number;
  readonly doc: D | undefined;
}

/** Rows kept in memory between batches; more than are usually in flight at once. */
const KEPT = 2_000;

/** Batches are folded in memory: however many events a row gets in a batch, it is read at most once and written once. */
class StreamRows<R extends Folded, D> implements PreparedProjection {
  /** As the table has them after the last flush, most recently written last; emptied when a batch is dropped. */
  private readonly kept = new Map<string, Held<D>>();
  private readonly changed = new Map<string, Held<D>>();
  private events: RecordedEvent[] = [];
  private readonly select: StatementSyncInstance;
  private readonly upsert: StatementSyncInstance;
  private readonly also: ((event: RecordedEvent) => void) | undefined;

  constructor(
    private readonly view: StreamView<R, D>,
    raw: DatabaseSyncInstance,
  ) {
    const columns = ['id', 'revision', 'position', 'doc', ...(view.columnNames as readonly string[])];
    this.select = raw.prepare(`SELECT revision, position, doc FROM ${view.table} WHERE id = ?`);
    this.upsert = raw.prepare(upsertSql(view.table, columns, ['id']));
    this.also = view.also?.prepare(raw);
  }

  add(event: RecordedEvent): void {
    const id = idOf(event.stream);
    const held = this.changed.get(id) ?? this.kept.get(id) ?? this.read(id);
    if (held !== undefined && event.revision <= held.revision) return;
    const doc = this.view.fold(held?.doc, event);
    if (doc === undefined) throw new Error(`${event.type} came before the event that begins the row`);
    this.changed.set(id, { revision: event.revision, position: event.position, doc });
    if (this.also) this.events.push(event);
  }

  private read(id: string): Held<D> | undefined {
    const row = this.select.get(id) as { revision: number; position: number; doc: string } | undefined;
    return row && { revision: row.revision, position: row.position, doc: JSON.parse(row.doc) as D };
  }

  flush(): void {
    for (const [id, held] of this.changed) {
      const { revision, position, doc } = held;
      this.kept.delete(id);
      this.kept.set(id, held);
      const columns = this.view.columns(doc!) as Record<string, string | number | null>;
      const values = this.view.columnNames.map((name) => columns[name as string] ?? null);
      this.upsert.run(id, revision, position, JSON.stringify(doc), ...values);
    }
    for (const event of this.events) this.also?.(event);
    this.changed.clear();
    this.events = [];
    for (const id of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(id);
    }
  }

  drop(): void {
    this.kept.clear();
    this.changed.clear();
    this.events = [];
  }
}

export function streamProjection<R extends Folded, D>(view: StreamView<R, D>): Projection {
  return {
    name: view.name,
    version: view.version,
    tables: [view.table, ...(view.also?.tables ?? [])],
    wants: (category) => category === view.category,
    prepare: (raw) => new StreamRows(view, raw),
  };
}
