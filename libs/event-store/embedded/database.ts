import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { Corrupt, StoreError } from '../errors.js';

export const LOG_DB = 'log.db';
/** Version of the tables below; raise it together with a step in {@link MIGRATIONS}. */
export const FORMAT = 1;

const TABLES = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE types(code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE appends(
  position INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE(stream_id, revision));
`;

/** `MIGRATIONS[n]` takes format n to n + 1, in one transaction, after a copy was made. */
const MIGRATIONS: Readonly<Record<number, string>> = {};

/** Opens the log's file and brings it to today's format; throws `newer_format` for one that a later version wrote. */
export function openDatabase(file: string, migrations = MIGRATIONS, format = FORMAT): DatabaseSyncInstance {
  const db = new DatabaseSync(file);
  try {
    // Of a new file only: an append is about 650 bytes, and a commit costs by the page more than by the byte.
    db.exec('PRAGMA page_size=8192');
    db.exec('PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    db.exec('PRAGMA wal_autocheckpoint=2000; PRAGMA journal_size_limit=-1');
    const found = formatOf(db);
    if (found === undefined) create(db, format);
    else if (found > format) throw newer(found, format);
    else if (found < format) migrate(db, file, found, migrations, format);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function readMeta(db: DatabaseSyncInstance, key: string): string | undefined {
  const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: unknown } | undefined;
  return row === undefined ? undefined : String(row.value);
}

/** What every log has written down of itself, as a whole number. Throws {@link Corrupt} where there is none. */
export function readNumber(db: DatabaseSyncInstance, key: 'format' | 'clean_position'): number {
  const value = readMeta(db, key) ?? '';
  if (!/^\d+$/.test(value)) throw damaged(key);
  return Number(value);
}

/** Id of the log, given when it was created. Throws {@link Corrupt} where there is none. */
export function readLogId(db: DatabaseSyncInstance): string {
  const id = readMeta(db, 'log_id');
  if (id === undefined) throw damaged('log_id');
  return id;
}

const damaged = (key: string) => new Corrupt(`the log's file is damaged: its meta table has no right ${key}`);

export function writeMeta(db: DatabaseSyncInstance, key: string, value: string | number): void {
  db.prepare('INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value').run(
    key,
    value,
  );
}

function formatOf(db: DatabaseSyncInstance): number | undefined {
  const table = db.prepare(`SELECT 1 AS found FROM sqlite_master WHERE name = 'meta'`).get();
  return table === undefined ? undefined : readNumber(db, 'format');
}

function create(db: DatabaseSyncInstance, format: number): void {
  db.exec(`BEGIN IMMEDIATE;${TABLES}`);
  writeMeta(db, 'format', format);
  writeMeta(db, 'log_id', randomUUID());
  writeMeta(db, 'clean_position', 0);
  db.exec('COMMIT');
}

function migrate(
  db: DatabaseSyncInstance,
  file: string,
  from: number,
  steps: Readonly<Record<number, string>>,
  to: number,
): void {
  copyTo(db, `${file}.format-${from}.copy`);
  db.exec('BEGIN IMMEDIATE');
  for (let at = from; at < to; at++) {
    const step = steps[at];
    if (step === undefined) throw new StoreError('corrupt', `no way from log format ${at} to ${at + 1}`);
    db.exec(step);
  }
  writeMeta(db, 'format', to);
  db.exec('COMMIT');
}

/** Whole or not there: a copy that an earlier start was killed over is made anew, its format is still the one to be migrated. */
function copyTo(db: DatabaseSyncInstance, copy: string): void {
  const part = `${copy}.part`;
  rmSync(part, { force: true });
  db.prepare('VACUUM INTO ?').run(part);
  renameSync(part, copy);
}

const newer = (found: number, known: number) =>
  new StoreError(
    'newer_format',
    `the log has format ${found}, this version knows up to ${known}; start the newer version`,
  );
