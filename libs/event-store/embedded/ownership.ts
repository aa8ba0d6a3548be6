import { DatabaseSync } from '@photostructure/sqlite';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../errors.js';
import { sqliteCode } from './sqlite-errors.js';

/** File names in the data directory. */
export const OWNER_DB = 'owner.db';
export const OWNER_PID = 'owner.pid';

const BUSY = 5;
const LOCKED = 6;

/**
 * Takes the directory for this process until the answer is called or the process ends: an EXCLUSIVE transaction on a file of its own,
 * because the log's file must stay readable for backups. Throws `directory_in_use` naming the owner's process.
 */
export function ownDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const lock = new DatabaseSync(join(directory, OWNER_DB));
  try {
    lock.exec('PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    const primary = sqliteCode(error) & 0xff;
    const inUse = primary === BUSY || primary === LOCKED || /locked|busy/i.test(String(error));
    throw inUse ? new StoreError('directory_in_use', inUseBy(directory)) : error;
  }
  // Not the lock file itself: opening that with fs would drop SQLite's POSIX locks.
  writeFileSync(join(directory, OWNER_PID), `${process.pid}\n`);
  return () => {
    rmSync(join(directory, OWNER_PID), { force: true });
    lock.exec('ROLLBACK');
    lock.close();
  };
}

function inUseBy(directory: string): string {
  let pid = 'unknown';
  try {
    pid = readFileSync(join(directory, OWNER_PID), 'utf8').trim();
  } catch {
    // The owner has the lock and has not yet written its number.
  }
  return `the data directory ${directory} is in use by process ${pid}; stop it first or use another directory`;
}
