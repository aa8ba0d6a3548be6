import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { join } from 'node:path';
import { categoryOf, EventLog, readDirectory, type EventStore, type RecordedEvent } from '#event-store';
import { projections, wants, type Projection } from '#read-models';
import { eventRegistry } from '../../apps/server/composition/event-types.js';
import { READ_MODEL_FILE } from '../../libs/read-models/database/read-model-file.js';
import type { TableShape, Value } from '../../libs/read-models/database/view-store.js';
import { openSubjectKeyReader } from '../../libs/platform/vault/subject-key-reader.js';

/** Rows that count events of many streams follow from no single one. */
const ACROSS_STREAMS = 'series';

type Row = readonly (Value | undefined)[];
/** What a row is in the views, and what the events of its stream make it; undefined where there is none. */
export interface Compared {
  readonly row: string;
  readonly is: Row | undefined;
  readonly folded: Row | undefined;
}

/** The log and the views of a data directory that no server has open. */
export class StoppedViews {
  private readonly store: EventStore;
  private readonly log: EventLog;
  private readonly keys;
  private readonly db: DatabaseSyncInstance;

  constructor(directory: string, vaultKey: Uint8Array) {
    this.store = readDirectory(directory);
    this.keys = openSubjectKeyReader({ directory, key: vaultKey });
    this.log = new EventLog(this.store, eventRegistry(), this.keys);
    this.db = new DatabaseSync(join(directory, READ_MODEL_FILE), { readOnly: true });
  }

  head(): Promise<number> {
    return this.store.head();
  }

  /** Where the live rows of each view are. */
  places(): readonly number[] {
    const rows = this.db.prepare(`SELECT position FROM checkpoints WHERE projection NOT GLOB '*[@~]*'`).all();
    return rows.map((row) => Number((row as { position: number }).position));
  }

  /** How many instances of a category ever began, by the figures. */
  begun(category: string): number {
    const sum = this.db.prepare(
      `SELECT sum(count) AS n FROM series WHERE period = 'ever' AND figure = 'begun' AND json_extract(labels, '$[0]') = ?`,
    );
    return Number((sum.get(category) as { n: number | null }).n ?? 0);
  }

  /** Every row that the stream's events make or end, folded anew by themselves. */
  async compare(stream: string): Promise<readonly Compared[]> {
    const { events } = await this.log.read(stream);
    if (events.length === 0) throw new Error(`${stream} is not in the log`);
    return projections.flatMap((projection) => this.compareIn(projection, events));
  }

  async close(): Promise<void> {
    this.db.close();
    this.keys.close();
    await this.store.close();
  }

  private compareIn(projection: Projection, events: readonly RecordedEvent[]): readonly Compared[] {
    if (!wants(projection, categoryOf(events[0]!.stream))) return [];
    const run = projection.begin();
    for (const event of events) run.add(event);
    return run
      .flush()
      .flatMap(({ table, upserts, removals }) =>
        table.name === ACROSS_STREAMS
          ? []
          : [
              ...upserts.map((folded) => ({ ...this.find(table, keyIn(table, folded)), folded })),
              ...removals.map((key) => ({ ...this.find(table, key.slice(0, -1)), folded: undefined })),
            ],
      );
  }

  private find({ name, columns, key }: TableShape, of: readonly Value[]): Pick<Compared, 'row' | 'is'> {
    const where = key.map((column) => `${column} = ?`).join(' AND ');
    const found = this.db.prepare(`SELECT ${columns.join(', ')} FROM ${name} WHERE ${where}`).get(...of);
    const row = found as Readonly<Record<string, Value>> | undefined;
    return { row: `${name} ${of.join(' ')}`, is: row && columns.map((column) => row[column]) };
  }
}

const keyIn = ({ columns, key }: TableShape, row: readonly Value[]): readonly Value[] =>
  key.map((column) => row[columns.indexOf(column)]!);
