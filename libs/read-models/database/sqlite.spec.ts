import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kyselyOver, openSqlite } from './sqlite.js';

describe('a transaction over a SQLite file', () => {
  it('that has read is not overtaken by another connection before it writes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'purveyor-views-'));
    const file = join(directory, 'read-models.db');
    const other = openSqlite(file);
    other.exec('CREATE TABLE t(n INTEGER); INSERT INTO t VALUES (1); PRAGMA busy_timeout=0');
    const db = kyselyOver(openSqlite(file));
    await db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ n: number }>`SELECT n FROM t`.execute(tx);
      expect(() => other.exec('UPDATE t SET n = 5')).toThrow('locked');
      await sql`UPDATE t SET n = ${rows[0]!.n + 1}`.execute(tx);
    });
    expect(other.prepare('SELECT n FROM t').all()).toEqual([{ n: 2 }]);
    other.close();
    await db.destroy();
    rmSync(directory, { recursive: true });
  });
});
