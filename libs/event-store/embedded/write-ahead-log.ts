import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { statSync } from 'node:fs';

/** Held here, because what nobody holds is closed when SQLite's statements are collected, in any order. */
const keeping = new Set<DatabaseSyncInstance>();

/**
 * Keeps the write-ahead log as it is found until the answer is called, or else until the process has ended: with the last connection
 * SQLite deletes it, and with it what it had cut off behind a bad frame. A read-only connection cannot delete it, and while one is open
 * no other does. To be called before the log is opened: at the end of a process connections are closed in the order of their opening,
 * last first.
 */
export function keepWal(file: string): () => void {
  if (walSize(file) === 0) return () => undefined;
  const reader = new DatabaseSync(file, { readOnly: true });
  keeping.add(reader);
  // From its first read on it counts as open.
  reader.exec('SELECT 1 FROM sqlite_master');
  return () => {
    if (keeping.delete(reader)) reader.close();
  };
}

/**
 * Extends the write-ahead log once, because an fsync that grows a file is dearer. The frames belong to a transaction that is rolled
 * back, so they are overwritten from the start and the database itself does not grow.
 */
export function preallocateWal(db: DatabaseSyncInstance, file: string, bytes: number): void {
  if (bytes <= 0 || walSize(file) >= bytes) return;
  const cache = (db.prepare('PRAGMA cache_size').get() as { cache_size: number }).cache_size;
  db.exec('PRAGMA cache_size=16; BEGIN IMMEDIATE; CREATE TABLE preallocation(bytes BLOB)');
  const insert = db.prepare('INSERT INTO preallocation VALUES(zeroblob(1048576))');
  // One more than asked for: what was written last is still in the cache when it is rolled back.
  for (let written = 0; written <= bytes; written += 1048576) insert.run();
  db.exec(`ROLLBACK; PRAGMA cache_size=${cache}`);
}

function walSize(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
