import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FORMAT, LOG_DB, readNumber } from '../embedded/database.js';
import { openLogReader } from '../embedded/log-reader.js';
import { StoreError } from '../errors.js';
import type { EventStore } from '../port.js';

/**
 * The log of a data directory, or of a backup of one, for reading: it may be in use, nobody is kept out and nothing is written. What is
 * appended meanwhile is seen by the next read; `subscribe` does not hear of it. Throws StoreErrors when there is no log or its format is newer.
 */
export function readDirectory(directory: string): EventStore {
  openToRead(directory).close();
  return openLogReader({ directory, commits: new SharedArrayBuffer(4) });
}

/** A connection to the log of a directory that writes nothing. Throws StoreErrors when there is no log or its format is newer. */
export function openToRead(directory: string): DatabaseSyncInstance {
  const file = join(directory, LOG_DB);
  if (!existsSync(file)) throw new StoreError('store_unavailable', `there is no log in ${directory}`);
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA busy_timeout=5000; PRAGMA query_only=1');
    const format = readNumber(db, 'format');
    if (format === FORMAT) return db;
    throw new StoreError('newer_format', `the log has format ${format}, this version reads ${FORMAT}`);
  } catch (error) {
    db.close();
    throw error;
  }
}
