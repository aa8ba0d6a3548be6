import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepWal } from './write-ahead-log.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'purveyor-wal-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('keeps a write-ahead log that the last connection would delete, until it is let go', () => {
  const file = join(directory, 'log.db');
  const writer = new DatabaseSync(file);
  writer.exec('PRAGMA journal_mode=WAL; CREATE TABLE log(at INTEGER); INSERT INTO log VALUES(1)');
  const letGo = keepWal(file);
  writer.close();
  expect(existsSync(`${file}-wal`)).toBe(true);
  const next = new DatabaseSync(file);
  next.exec('SELECT at FROM log');
  letGo();
  next.close();
  expect(existsSync(`${file}-wal`)).toBe(false);
});
