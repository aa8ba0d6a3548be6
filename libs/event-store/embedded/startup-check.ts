import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { Corrupt } from '../errors.js';
import { decodeRow, type AppendRow, type TypeName } from './body.js';

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
    `SELECT a.position, coalesce(s.name, '') AS name, a.revision, a.body, a.hash
     FROM appends a LEFT JOIN streams s ON s.id = a.stream_id WHERE a.position > ? ORDER BY a.position LIMIT ${PAGE}`,
  );
  for (let at = after; ;) {
    const rows = page.all(at) as unknown as AppendRow[];
    for (const row of rows) {
      const events = decodeRow(row, typeName);
      if (events[0]!.position !== at + 1) throw gap(row, at + 1);
      at = row.position;
      yield { row, events };
    }
    if (rows.length < PAGE) return;
  }
}

const gap = (row: AppendRow, wanted: number) =>
  new Corrupt(`${row.name}@${row.revision}, row ${row.position}: position ${wanted} is missing before it`, {
    stream: row.name,
    revision: row.revision,
    row: row.position,
  });

/** Checks the rows written since the last clean stop; answers how many there are. */
export function checkSince(db: DatabaseSyncInstance, cleanPosition: number, typeName: TypeName): number {
  let rows = 0;
  for (const walked of walkRows(db, cleanPosition, typeName)) rows += walked.events.length > 0 ? 1 : 0;
  return rows;
}
