import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { SEARCHED } from './text-search.js';
import type { TableShape, Value } from './view-store.js';

type Row = readonly Value[];

/**
 * Keeps the words of a searched table as its rows are written. Not by triggers: a statement with triggers has a journal of its own, and
 * FTS5 writes out what it has gathered whenever one is opened, which costs more than all else that is written of a row.
 */
export class SearchIndex {
  private readonly number: StatementSyncInstance;
  private readonly known: StatementSyncInstance;
  private readonly words: StatementSyncInstance;
  private readonly drop: StatementSyncInstance;
  private readonly dropNumber: StatementSyncInstance;
  private readonly id: number;
  private readonly search: number;

  /** Undefined for a table that nobody searches. */
  static over(raw: DatabaseSyncInstance, table: TableShape): SearchIndex | undefined {
    return (SEARCHED as readonly string[]).includes(table.name) ? new SearchIndex(raw, table) : undefined;
  }

  private constructor(raw: DatabaseSyncInstance, { name, columns }: TableShape) {
    [this.id, this.search] = [columns.indexOf('id'), columns.indexOf('search')];
    this.number = raw.prepare(`INSERT OR IGNORE INTO ${name}_rows (id) VALUES (?)`);
    this.known = raw.prepare(`SELECT row, search FROM ${name}_rows JOIN ${name} USING (id) WHERE id = ?`);
    this.words = raw.prepare(`INSERT OR REPLACE INTO ${name}_search (rowid, words) VALUES (?, ?)`);
    this.drop = raw.prepare(`DELETE FROM ${name}_search WHERE rowid = (SELECT row FROM ${name}_rows WHERE id = ?)`);
    this.dropNumber = raw.prepare(`DELETE FROM ${name}_rows WHERE id = ?`);
  }

  /** `write` puts the row into its table, and tells whether it did: what a later event has written stays. */
  put(row: Row, write: () => boolean): void {
    const id = row[this.id]!;
    const words = row[this.search]!;
    const { changes, lastInsertRowid } = this.number.run(id);
    const known = changes === 1 ? undefined : (this.known.get(id) as { row: number; search: string } | undefined);
    if (write() && words !== known?.search) this.words.run(known?.row ?? lastInsertRowid, words);
  }

  /** The row with this id is gone. */
  remove(id: Value): void {
    this.drop.run(id);
    this.dropNumber.run(id);
  }
}
