import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { OWN_DIRECTORY, Refusal } from '#kernel';
import { SealedBox } from './sealed-box.js';
import { VaultError } from './vault-error.js';

export interface SealedFile {
  readonly database: DatabaseSyncInstance;
  readonly box: SealedBox;
}

const CHECK = 'check';

/** A SQLite file for sealed records, readable by its owner only. Throws `vault_wrong_key` when it was made with another key. */
export function openSealedFile(directory: string, file: string, key: Uint8Array, schema: string): SealedFile {
  const box = new SealedBox(key);
  const path = join(directory, file);
  mkdirSync(directory, OWN_DIRECTORY);
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  try {
    // secure_delete: a deleted key must not survive in a free page.
    database.exec(
      'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON',
    );
    database.exec(`CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT; ${schema}`);
    checkKey(database, box, file);
  } catch (error) {
    database.close();
    throw error;
  }
  return { database, box };
}

function checkKey(database: DatabaseSyncInstance, box: SealedBox, file: string): void {
  const place = `${file}:${CHECK}`;
  database
    .prepare('INSERT OR IGNORE INTO meta (name, sealed) VALUES (?, ?)')
    .run(CHECK, box.seal(Buffer.from(CHECK), place));
  const row = database.prepare('SELECT sealed FROM meta WHERE name = ?').get(CHECK) as { sealed: Uint8Array };
  if (box.open(row.sealed, place) === undefined)
    throw new VaultError(
      'vault_wrong_key',
      `${file} was made with another key: set PURVEYOR_VAULT_KEY to the key it was made with`,
    );
}

/** Runs `work`, which reads. VaultError `vault_unavailable` when SQLite cannot: the file is damaged, away or held by another program. */
export function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw faultOf(error);
  }
}

/**
 * Runs `work` as one durable transaction. Refusal `disk_full` 507 when it cannot be written, else VaultError as of {@link reading}; then nothing
 * was.
 */
export function inTransaction<T>(database: DatabaseSyncInstance, work: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE');
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw isFull(error)
      ? new Refusal('disk_full', 507, 'no secret or key can be kept: the disk is full')
      : faultOf(error);
  }
}

/** SQLite's primary result codes READONLY, IOERR, FULL and CANTOPEN. */
const NO_SPACE: readonly unknown[] = [8, 10, 13, 14];

function isFull(error: unknown): boolean {
  const { sqliteExtendedCode: code } = error as { sqliteExtendedCode?: unknown };
  return typeof code === 'number' && NO_SPACE.includes(code & 0xff);
}

function faultOf(error: unknown): unknown {
  if ((error as { code?: unknown }).code !== 'ERR_SQLITE_ERROR') return error;
  const message = `no secret or key can be read or kept: ${(error as Error).message}`;
  return new VaultError('vault_unavailable', message, { cause: error });
}
