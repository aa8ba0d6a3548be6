import { categoryOf, type RecordedEvent } from '#event-store';
import type { Change, Value } from '../database/view-store.js';
import { searchable } from '../database/words.js';
import type { Projection, ProjectionRun } from '../projector/projection.js';
import { labelIn, mayLabel } from './label.js';

const COLUMNS = ['id', 'category', 'type', 'actor', 'created_at', 'label', 'search', 'position'];
const TABLE = { name: 'streams', columns: COLUMNS, key: ['id'] };

type Row = Readonly<Record<string, Value>>;

/** A row when a stream begins, and again when it gets another name; what happens in between costs nothing. */
class Streams implements ProjectionRun {
  private readonly rows = new Map<string, Row>();

  missing(event: RecordedEvent) {
    const { stream: id, revision } = event;
    return revision === 0 || this.rows.has(id) || labelIn(event) === undefined ? [] : [{ table: TABLE, id }];
  }

  hold(row: Row): void {
    this.rows.set(String(row['id']), row);
  }

  add(event: RecordedEvent): void {
    const label = labelIn(event);
    if (event.revision > 0 && label === undefined) return;
    const { stream: id, position } = event;
    const row = event.revision === 0 ? beginning(event) : this.rows.get(id);
    if (row === undefined) throw new Error(`${event.type} of ${id} names a stream whose beginning is not there`);
    this.rows.set(id, { ...row, label: label ?? null, search: searchable([label, id]), position });
  }

  flush(): readonly Change[] {
    const upserts = [...this.rows.values()].map((row) => COLUMNS.map((column) => row[column] ?? null));
    this.rows.clear();
    return [{ table: TABLE, upserts, removals: [] }];
  }

  drop(): void {
    this.rows.clear();
  }
}

const beginning = ({ stream, type, metadata: { actor, time } }: RecordedEvent): Row => ({
  id: stream,
  category: categoryOf(stream),
  type,
  actor,
  created_at: time,
});

/** Every stream there is. One that began with a type that no code here knew has no label until this is built again. */
export const streamsProjection: Projection = {
  name: 'streams',
  version: 1,
  tables: [TABLE],
  readsData: mayLabel,
  begin: () => new Streams(),
};
