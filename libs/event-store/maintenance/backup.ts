import { DatabaseSync } from '@photostructure/sqlite';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { OWN_DIRECTORY } from '#kernel';
import { LOG_DB } from '../embedded/database.js';
import { OWNER_DB, OWNER_PID } from '../embedded/ownership.js';
import { StoreError } from '../errors.js';

/** Databases whose rows follow from the log. They go first, so that in the copy no checkpoint is ahead of the log. */
const DERIVED = /^(read-models|checkpoints)/;

/**
 * Copies a data directory while its owner may be running; `target` must be empty or new. Answers the names of what was copied. The log
 * follows the read models and everything else (vault, keys) follows the log, because events refer to secrets that were kept before them.
 */
export async function backupTo(directory: string, target: string): Promise<readonly string[]> {
  assertLog(directory);
  assertEmpty(target);
  return copyAll(directory, target);
}

/** Puts a backup in place as a data directory. Refuses one that is not empty; answers the names of what was copied. */
export async function restore(from: string, directory: string): Promise<readonly string[]> {
  assertLog(from);
  assertEmpty(directory);
  return copyAll(from, directory);
}

/** The log gets its name last: a copy that was broken off has none, and is neither restored nor taken for the whole. */
function copyAll(from: string, to: string): readonly string[] {
  const names = readdirSync(from, { withFileTypes: true })
    .filter((entry) => entry.isFile() && belongs(entry.name))
    .map((entry) => entry.name)
    .toSorted((a, b) => turn(a) - turn(b) || a.localeCompare(b));
  const unfinished = join(to, `${LOG_DB}.part`);
  for (const name of names) copy(join(from, name), name === LOG_DB ? unfinished : join(to, name));
  renameSync(unfinished, join(to, LOG_DB));
  sync(to);
  return names;
}

const belongs = (name: string): boolean =>
  name !== OWNER_DB && name !== OWNER_PID && !/-(wal|shm|journal)$/.test(name) && !/\.(copy|part)$/.test(name);

const turn = (name: string): number => (DERIVED.test(name) ? 0 : name === LOG_DB ? 1 : 2);

/** A database goes through SQLite: copying its file would miss the write-ahead log and drop the owner's locks. */
function copy(source: string, target: string): void {
  if (!source.endsWith('.db')) copyFileSync(source, target);
  else {
    const db = new DatabaseSync(source);
    try {
      db.exec('PRAGMA busy_timeout=5000');
      db.prepare('VACUUM INTO ?').run(target);
    } finally {
      db.close();
    }
  }
  // Copies of keys and secrets are as private as what they copy; SQLite gives a new file to everybody.
  chmodSync(target, statSync(source).mode);
  sync(target);
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function assertLog(directory: string): void {
  const names = namesIn(directory);
  if (!names.includes(LOG_DB)) throw new StoreError('store_unavailable', `there is no log in ${directory}`);
}

function assertEmpty(directory: string): void {
  mkdirSync(directory, OWN_DIRECTORY);
  if (namesIn(directory).length > 0)
    throw new StoreError('directory_in_use', `${directory} is not empty; name an empty or a new directory`);
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
