import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { Kysely, sql, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';
import type { Tables } from './tables.js';

/** How long a statement waits, with its whole thread, for another connection that writes. */
export const BUSY_MS = 5_000;

/** Opens a read-model file. synchronous=NORMAL survives power loss at the price of the last rows, which the log gives back. */
export function openSqlite(path: string): DatabaseSyncInstance {
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  // Of a new file only: of the documents one has room in a page of 4 KiB, and three in one of 8.
  db.exec('PRAGMA page_size=8192');
  // Personal values that were erased must not be found in the file either.
  db.exec('PRAGMA main.secure_delete=ON');
  db.exec(
    `PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=${BUSY_MS}; PRAGMA wal_autocheckpoint=2000`,
  );
  return db;
}

/** Kysely over the same connection: for migrations and queries; the projection path prepares its own statements. */
export function kyselyOver(db: DatabaseSyncInstance): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: shaped(db) }) });
}

/**
 * Work with a connection that waits at most `ms` for others; afterwards, whatever became of the work, it waits as long as always. Nobody else may
 * have the connection meanwhile.
 */
export async function waitingAtMost<T>(ms: number, own: Kysely<Tables>, work: () => Promise<T>): Promise<T> {
  await waiting(ms).execute(own);
  try {
    return await work();
  } finally {
    await waiting(BUSY_MS).execute(own);
  }
}

const waiting = (ms: number) => sql`PRAGMA busy_timeout = ${sql.raw(String(ms))}`;

/**
 * Every transaction writes, and the projectors' thread writes over a connection of its own: one that reads first and is overtaken before it
 * writes would fail at once, whatever the time-out, because what it has read is no longer so.
 */
const BEGIN = 'begin immediate';

/** What Kysely's SQLite driver asks for: statements that know whether they answer rows. */
function shaped(db: DatabaseSyncInstance): SqliteDatabase {
  return { prepare: (sql) => statement(db.prepare(sql === 'begin' ? BEGIN : sql)), close: () => db.close() };
}

function statement(prepared: StatementSyncInstance): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as never[];
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...values(parameters)),
    run: (parameters) => prepared.run(...values(parameters)),
    iterate: (parameters) => prepared.iterate(...values(parameters)) as IterableIterator<unknown>,
  };
}
