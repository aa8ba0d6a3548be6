import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteViews } from './sqlite-views.js';
import { BUSY_MS, kyselyOver, openSqlite } from './sqlite.js';

const patience = (db: DatabaseSyncInstance) => (db.prepare('PRAGMA busy_timeout').get() as { timeout: number }).timeout;

describe('a scrub of a SQLite file', () => {
  let directory: string;
  let raw: DatabaseSyncInstance;
  let reader: DatabaseSyncInstance;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'purveyor-scrub-'));
    const file = join(directory, 'read-models.db');
    raw = openSqlite(file);
    raw.exec('CREATE TABLE t(n INTEGER); INSERT INTO t VALUES (1)');
    reader = openSqlite(file);
  });
  afterEach(() => {
    reader.close();
    raw.close();
    rmSync(directory, { recursive: true });
  });

  /** Views over the connection, and how long it would have waited whenever the log was to begin anew. */
  const watched = (begin = (pragma: { get(): unknown }) => pragma.get()) => {
    const patient: number[] = [];
    const prepare = (sql: string) => ({
      get: () => {
        patient.push(patience(raw));
        return begin(raw.prepare(sql));
      },
    });
    return { patient, views: new SqliteViews({ prepare } as never, kyselyOver(raw)) };
  };

  it('does not wait for a reader as long as a writer is waited for, and leaves the connection as patient as it was', async () => {
    const { patient, views } = watched();
    reader.exec('BEGIN; SELECT * FROM t');
    raw.exec('UPDATE t SET n = 2');
    expect(await views.scrub()).toBe(false);
    expect(patience(raw)).toBe(BUSY_MS);
    reader.exec('COMMIT');
    expect(await views.scrub()).toBe(true);
    expect(patience(raw)).toBe(BUSY_MS);
    expect(patient).toHaveLength(2);
    expect(Math.max(...patient)).toBeLessThanOrEqual(BUSY_MS / 10);
  });

  it('leaves the connection as patient as it was when it fails', async () => {
    const { views } = watched(() => {
      throw new Error('disk I/O error');
    });
    await expect(views.scrub()).rejects.toThrow('disk I/O error');
    expect(patience(raw)).toBe(BUSY_MS);
  });
});
