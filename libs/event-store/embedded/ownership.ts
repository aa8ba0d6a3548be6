import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_DIRECTORY } from '#kernel';
import { DiskFull, StoreError } from '../errors.js';
import { isUnwritable, sqliteCode } from './sqlite-errors.js';

/** File names in the data directory. */
export const OWNER_DB = 'owner.db';
export const OWNER_PID = 'owner.pid';

const BUSY = 5;
const LOCKED = 6;

/**
 * Takes the directory for this process until the answer is called or the process ends: an EXCLUSIVE transaction on a file of its own,
 * because the log's file must stay readable for backups. Throws `directory_in_use` naming the owner's process, `disk_full` where nothing
 * can be written; anything else is passed on.
 */
export function ownDirectory(directory: string): () => void {
  let lock: DatabaseSyncInstance | undefined;
  try {
    mkdirSync(directory, OWN_DIRECTORY);
    lock = new DatabaseSync(join(directory, OWNER_DB));
    lock.exec('PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE');
    // Not the lock file itself: opening that with fs would drop SQLite's POSIX locks.
    writeFileSync(join(directory, OWNER_PID), `${process.pid}\n`);
    return release(directory, lock);
  } catch (error) {
    lock?.close();
    if (isTaken(error)) throw new StoreError('directory_in_use', inUseBy(directory));
    throw isOfFiles(error) || isUnwritable(error) ? unwritable(directory, error) : error;
  }
}

const release = (directory: string, lock: DatabaseSyncInstance) => () => {
  rmSync(join(directory, OWNER_PID), { force: true });
  lock.exec('ROLLBACK');
  lock.close();
};

function isTaken(error: unknown): boolean {
  const primary = sqliteCode(error) & 0xff;
  return primary === BUSY || primary === LOCKED;
}

const isOfFiles = (error: unknown): boolean => (error as NodeJS.ErrnoException).syscall !== undefined;

const unwritable = (directory: string, error: unknown) =>
  new DiskFull(
    `the data directory ${directory} cannot be written (${(error as Error).message}); make it writable for this user, or use another one`,
  );

function inUseBy(directory: string): string {
  let pid = 'unknown';
  try {
    pid = readFileSync(join(directory, OWNER_PID), 'utf8').trim();
  } catch {
    // The owner has the lock and has not yet written its number.
  }
  return `the data directory ${directory} is in use by process ${pid}; stop it first or use another directory`;
}
