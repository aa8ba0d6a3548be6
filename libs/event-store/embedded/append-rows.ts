import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';

/** Rows of one statement: a call into SQLite costs as much as the row it brings. */
const ROWS = 16;
const COLUMNS = 5;

/** Rows on their way into the table of appends, gathered into statements of sixteen. */
export class AppendRows {
  private values: (string | number)[] = [];
  private readonly one: StatementSyncInstance;
  private readonly many: StatementSyncInstance;

  constructor(db: DatabaseSyncInstance) {
    const insert = (rows: number) =>
      db.prepare(
        `INSERT INTO appends(position, stream_id, revision, body, hash) VALUES ${Array(rows).fill('(?, ?, ?, ?, ?)').join(', ')}`,
      );
    this.one = insert(1);
    this.many = insert(ROWS);
  }

  add(position: number, streamId: number, revision: number, body: string, hash: string): void {
    this.values.push(position, streamId, revision, body, hash);
    if (this.values.length < ROWS * COLUMNS) return;
    this.many.run(...this.values);
    this.values = [];
  }

  /** Before the rows are read or committed. */
  flush(): void {
    for (let at = 0; at < this.values.length; at += COLUMNS) this.one.run(...this.values.slice(at, at + COLUMNS));
    this.values = [];
  }

  /** The transaction they belong to was rolled back. */
  forget(): void {
    this.values = [];
  }
}
