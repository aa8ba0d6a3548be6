import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { Corrupt } from '../errors.js';
import { decodeRow, type AppendRow, type TypeName } from './body.js';
import { StreamNames } from './names.js';

const PAGE = 1000;

/** What a walk over the rows tells about each of them. */
export interface WalkedRow {
  readonly row: AppendRow;
  readonly events: ReturnType<typeof decodeRow>;
}

/**
 * Walks the rows behind `after` in log order and checks each one's checksum and that no position is missing. Throws {@link Corrupt}
 * naming stream, revision and row.
 */
export function* walkRows(
  db: DatabaseSyncInstance,
  after: number,
  typeName: TypeName,
): Generator<WalkedRow, void, void> {
  const page = db.prepare(
    `SELECT position, stream_id, revision, body, hash FROM appends WHERE position > ? ORDER BY position LIMIT ${PAGE}`,
  );
  const names = new StreamNames(db);
  for (let at = after; ;) {
    const rows = page.all(at) as unknown as AppendRow[];
    for (const row of rows) {
      const stream = names.get(row.stream_id);
      const events = decodeRow(row, stream, typeName);
      if (events[0]!.position !== at + 1) throw gap(row, stream, at + 1);
      at = row.position;
      yield { row, events };
    }
    if (rows.length < PAGE) return;
  }
}

const gap = (row: AppendRow, stream: string, wanted: number) =>
  new Corrupt(`${stream}@${row.revision}, row ${row.position}: position ${wanted} is missing before it`, {
    stream,
    revision: row.revision,
    row: row.position,
  });

/** Checks the rows written since the last clean stop; answers how many there are. */
export function checkSince(db: DatabaseSyncInstance, cleanPosition: number, typeName: TypeName): number {
  let rows = 0;
  for (const walked of walkRows(db, cleanPosition, typeName)) rows += walked.events.length > 0 ? 1 : 0;
  return rows;
}
