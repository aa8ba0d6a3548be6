import { categoryOf, idOf, type RecordedEvent } from '#event-store';
import { FORGOTTEN, SUBJECT } from '#privacy/published';
import type { Folded } from '../database/tables.js';
import type { Change, TableShape, Value } from '../database/view-store.js';
import { keepRecent } from './keep-recent.js';
import type { Missing, Projection, ProjectionRun } from './projection.js';

/** Columns beside id, revision, position and doc. */
export type Columns<R extends Folded> = { readonly [K in Exclude<keyof R, keyof Folded>]: R[K] };

/** A view with one row per stream: a fold of the stream's events into a document, from which the columns follow. */
export interface StreamView<R extends Folded, D> {
  readonly name: string;
  readonly version: number;
  readonly category: string;
  readonly columnNames: readonly Exclude<keyof R & string, keyof Folded>[];
  /** Undefined for a first event that begins no row. May change `doc` in place, but not when it throws. */
  fold(doc: D | undefined, event: RecordedEvent): D | undefined;
  columns(doc: D): Columns<R>;
  /** Gives a document that was read from its row the places of what is left out, so that it is written as if it had never been read. */
  completed?(doc: D): D;
  /** What a document shows when the person whose data are in it was forgotten: the same as one that is folded anew. */
  readonly erased?: (doc: D) => D;
  /** Further rows of the same event in tables of their own; must be harmless when repeated. */
  readonly also?: readonly Beside[];
}

export interface Beside {
  readonly table: TableShape;
  /** Values in the order of the table's columns; those of its key come first. */
  row(event: RecordedEvent): readonly Value[] | undefined;
}

interface Held<D> {
  revision: number;
  position: number;
  doc: D | undefined;
}

/** Rows kept in memory between batches; more than are usually in flight at once. */
const KEPT = 2_000;
const NOTHING: readonly Missing[] = [];

/** Batches are folded in memory: however many events a row gets in a batch, it is read at most once and written once. */
class StreamRows<R extends Folded, D> implements ProjectionRun {
  /** By stream, whose name is the same object for all events of an append. Most recently written last. */
  private readonly kept = new Map<string, Held<D>>();
  private readonly changed = new Map<string, Held<D>>();
  /** Streams that begin in the batch: their later events need no row either. */
  private readonly begun = new Set<string>();
  /** By table, then by key: the last row of a batch stands for all of them. */
  private readonly also = new Map<TableShape, Map<string, readonly Value[]>>();

  constructor(
    private readonly view: StreamView<R, D>,
    private readonly table: TableShape,
  ) {}

  /** A first event needs no row: one that is there already holds later events and will not be overwritten. */
  missing(event: RecordedEvent) {
    const forgotten = forgottenBy(event);
    const stream = forgotten ?? event.stream;
    if (this.kept.has(stream) || this.begun.has(stream)) return NOTHING;
    if (categoryOf(stream) !== this.view.category) return NOTHING;
    if (stream === event.stream && event.revision === 0) {
      this.begun.add(stream);
      return NOTHING;
    }
    return [{ table: this.table, id: idOf(stream) }];
  }

  hold(row: Readonly<Record<string, unknown>>): void {
    const read = JSON.parse(String(row['doc'])) as D;
    const doc = this.view.completed?.(read) ?? read;
    const held = { revision: Number(row['revision']), position: Number(row['position']), doc };
    this.kept.set(`${this.view.category}-${String(row['id'])}`, held);
  }

  add(event: RecordedEvent): void {
    const { stream } = event;
    if (this.view.erased !== undefined && categoryOf(stream) === SUBJECT) return this.erase(event);
    const held = this.kept.get(stream) ?? { revision: -1, position: 0, doc: undefined };
    if (event.revision <= held.revision) return;
    const doc = this.view.fold(held.doc, event);
    if (doc === undefined) throw new Error(`${event.type} came before the event that begins the row`);
    held.revision = event.revision;
    held.position = event.position;
    held.doc = doc;
    this.kept.set(stream, held);
    this.changed.set(stream, held);
    for (const beside of this.view.also ?? []) {
      const further = beside.row(event);
      if (further) this.beside(beside.table, further);
    }
  }

  /** Its key is gone already: what is folded anew has nothing of theirs in it, and a row that was written before must not either. */
  private erase(event: RecordedEvent): void {
    const stream = forgottenBy(event) ?? '';
    const held = this.kept.get(stream);
    if (held?.doc === undefined || this.view.erased === undefined) return;
    const erased = { revision: held.revision, position: event.position, doc: this.view.erased(held.doc) };
    this.kept.set(stream, erased);
    this.changed.set(stream, erased);
  }

  private beside(table: TableShape, row: readonly Value[]): void {
    const rows = this.also.get(table) ?? new Map<string, readonly Value[]>();
    this.also.set(table, rows.set(JSON.stringify(row.slice(0, table.key.length)), row));
  }

  flush(): readonly Change[] {
    const upserts = [...this.changed].map(([stream, held]) => this.values(idOf(stream), held));
    for (const [stream, held] of this.changed) {
      this.kept.delete(stream);
      this.kept.set(stream, held);
    }
    this.changed.clear();
    this.begun.clear();
    keepRecent(this.kept, KEPT);
    const changes: Change[] = [{ table: this.table, upserts, removals: [] }];
    for (const [table, rows] of this.also) changes.push({ table, upserts: [...rows.values()], removals: [] });
    this.also.clear();
    return changes;
  }

  drop(): void {
    this.kept.clear();
    this.changed.clear();
    this.begun.clear();
    this.also.clear();
  }

  private values(id: string, { revision, position, doc }: Held<D>): readonly Value[] {
    const columns = this.view.columns(doc!) as Record<string, Value>;
    return [id, revision, position, JSON.stringify(doc), ...this.view.columnNames.map((name) => columns[name] ?? null)];
  }
}

/** The stream whose personal data are gone from this event on. */
const forgottenBy = ({ type, data }: RecordedEvent): string | undefined =>
  type === FORGOTTEN ? (data as { readonly subject: string }).subject : undefined;

/** The view's table has the view's name. */
export function streamProjection<R extends Folded, D>(view: StreamView<R, D>): Projection {
  const columns = ['id', 'revision', 'position', 'doc', ...view.columnNames];
  const table = { name: view.name, columns, key: ['id'] };
  return {
    name: view.name,
    version: view.version,
    tables: [table, ...(view.also ?? []).map((beside) => beside.table)],
    categories: view.erased === undefined ? [view.category] : [view.category, SUBJECT],
    begin: () => new StreamRows(view, table),
  };
}
