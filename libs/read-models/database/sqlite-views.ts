import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { Kysely } from 'kysely';
import { SearchIndex } from './search-index.js';
import { waitingAtMost } from './sqlite.js';
import type { Tables } from './tables.js';
import {
  onConflict,
  SecondProjector,
  storable,
  type Batch,
  type Change,
  type TableShape,
  type ViewStore,
} from './view-store.js';

/** How long a scrub waits for those who read: longer than a query takes, and short, for no view moves meanwhile. */
const SCRUB_MS = 200;

interface Statements {
  readonly select: StatementSyncInstance;
  readonly upsert: StatementSyncInstance;
  readonly remove: StatementSyncInstance;
  readonly search: SearchIndex | undefined;
}

/**
 * Statements prepared once per table; a batch is written without a turn of the event loop in between. Several projectors share the
 * connection with queries, so each takes its turn behind the lock that Kysely keeps for it.
 */
export class SqliteViews implements ViewStore {
  private readonly prepared = new Map<string, Statements>();
  private advance: StatementSyncInstance | undefined;

  constructor(
    private readonly raw: DatabaseSyncInstance,
    private readonly db: Kysely<Tables>,
  ) {}

  load(table: TableShape, ids: readonly string[]) {
    return this.db.connection().execute(async () => {
      const { select } = this.statements(table);
      return ids.flatMap((id) => select.all(id)) as Record<string, unknown>[];
    });
  }

  apply(batch: Batch): Promise<void> {
    return this.db.connection().execute(async () => this.inOneTransaction(batch));
  }

  /** What is deleted is overwritten (see `openSqlite`), but pages as they were before are in the write-ahead log until that begins anew. */
  scrub(): Promise<boolean> {
    const begin = this.raw.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
    const scrub = async () => (begin.get() as { busy: number }).busy === 0;
    return this.db.connection().execute((own) => waitingAtMost(SCRUB_MS, own, scrub));
  }

  private inOneTransaction(batch: Batch): void {
    const { raw } = this;
    raw.exec('BEGIN IMMEDIATE');
    try {
      this.moveCheckpoints(batch);
      for (const change of batch.changes) this.write(change);
      raw.exec('COMMIT');
    } catch (error) {
      if (raw.isTransaction) raw.exec('ROLLBACK');
      throw error;
    }
  }

  private moveCheckpoints({ owner, advances }: Batch): void {
    this.advance ??= this.raw.prepare(
      'UPDATE checkpoints SET position = ? WHERE projection = ? AND position = ? AND owner = ?',
    );
    for (const { projection, from, to } of advances)
      if (this.advance.run(to, projection, from, owner).changes !== 1) throw new SecondProjector(projection);
  }

  private write({ table, upserts, removals }: Change): void {
    const { upsert, remove, search } = this.statements(table);
    for (const values of upserts) {
      const row = values.map(storable);
      const write = () => upsert.run(...row).changes === 1;
      if (search) search.put(row, write);
      else write();
    }
    for (const values of removals) if (remove.run(...values).changes === 1) search?.remove(values[0]!);
  }

  private statements(table: TableShape): Statements {
    const known = this.prepared.get(table.name);
    if (known !== undefined) return known;
    const { name, columns, key } = table;
    const marks = columns.map(() => '?').join(', ');
    const matches = key.map((column) => `${column} = ?`).join(' AND ');
    const made = {
      select: this.raw.prepare(`SELECT * FROM ${name} WHERE ${key[0]} = ?`),
      upsert: this.raw.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${marks}) ${onConflict(table)}`),
      remove: this.raw.prepare(`DELETE FROM ${name} WHERE ${matches} AND position <= ?`),
      search: SearchIndex.over(this.raw, table),
    };
    this.prepared.set(name, made);
    return made;
  }
}
