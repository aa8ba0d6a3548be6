import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { sql } from 'kysely';
import { patiently } from './patiently.js';
import { READ_MODEL_FILE } from './read-model-file.js';
import { openReadModels, type ReadModels } from './read-models.js';
import { BUSY_MS, openSqlite } from './sqlite.js';

describe('a transaction beside another thread that writes', () => {
  let directory: string;
  let models: ReadModels;
  let other: DatabaseSyncInstance;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'purveyor-patiently-'));
    models = await openReadModels({ directory });
    other = openSqlite(join(directory, READ_MODEL_FILE));
  });
  afterEach(async () => {
    other.close();
    await models.close();
    rmSync(directory, { recursive: true });
  });

  const write = () =>
    patiently(models, async (tx) => {
      const row = { projection: 'x', version: 1, log_id: 'l', position: 0 };
      await tx.insertInto('checkpoints').values(row).execute();
      return 'written';
    });
  const written = () =>
    models.db.selectFrom('checkpoints').select('projection').where('projection', '=', 'x').execute();

  it('waits for it without standing still: queries are answered meanwhile', async () => {
    other.exec('BEGIN IMMEDIATE');
    const began = performance.now();
    const writing = write();
    expect(await written()).toEqual([]);
    await sleep(120);
    expect(performance.now() - began).toBeLessThan(BUSY_MS);
    other.exec('COMMIT');
    expect(await writing).toBe('written');
    expect(await written()).toHaveLength(1);
  });

  it('leaves the connection as patient as it was, whatever becomes of the work', async () => {
    await expect(patiently(models, () => Promise.reject(new Error('a defect')))).rejects.toThrow('a defect');
    const { rows } = await sql<{ timeout: number }>`PRAGMA busy_timeout`.execute(models.db);
    expect(rows).toEqual([{ timeout: BUSY_MS }]);
  });
});
