import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore, revision, type EmbeddedStore } from '#event-store';
import { chained } from '#testing';
import { openDatabase, readMeta } from './database.js';

const NEW = { revision: -1, hash: '' };

describe('the embedded log', () => {
  let directory: string;
  let store: EmbeddedStore | undefined;
  let warnings: string[];
  const open = async (more: { acceptLoss?: boolean; walBytes?: number } = {}) =>
    (store = await openEmbeddedStore({ directory, walBytes: 0, onWarning: (w) => warnings.push(w), ...more }));
  const tamper = (sql: string) => {
    const db = new DatabaseSync(join(directory, 'log.db'));
    db.exec(sql);
    db.close();
  };
  const one = (stream: string, data: unknown = {}) => chained(stream, NEW, [{ type: 'Happened', data }]);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'purveyor-embedded-'));
    warnings = [];
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
    await rm(directory, { recursive: true });
  });

  it('tells a second opener which process has the directory, and is free after close', async () => {
    const first = await open();
    expect(first.previousOwnerDead).toBe(true);
    await expect(openEmbeddedStore({ directory })).rejects.toMatchObject({
      code: 'directory_in_use',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await first.append('process-1', 'no_stream', one('process-1').events);
    await first.close();
    expect(existsSync(join(directory, 'owner.pid'))).toBe(false);
    expect(await (await open()).head()).toBe(1);
  });

  it('names a flipped byte by stream, revision and row, at start and on read', async () => {
    await open();
    const two = chained('process-1', NEW, [
      { type: 'Happened', data: 1 },
      { type: 'Happened', data: 'abc' },
    ]);
    await store!.append('process-1', 'no_stream', two.events);
    tamper(
      `UPDATE appends SET body = replace(body, 'abc', 'abd'); UPDATE meta SET value = 0 WHERE key = 'clean_position'`,
    );
    const at = { stream: 'process-1', revision: 1, row: 2 };
    await expect(store!.readStream('process-1')).rejects.toMatchObject({ code: 'corrupt', at });
    await store!.close();
    tamper(`UPDATE meta SET value = 0 WHERE key = 'clean_position'`);
    await expect(open()).rejects.toMatchObject({ code: 'corrupt', at });
  });

  it('checks the rows since the last clean stop once, and says so', async () => {
    await (await open()).append('process-1', 'no_stream', one('process-1').events);
    await store!.close();
    await open();
    expect(warnings).toEqual([]);
    await store!.close();
    tamper(`UPDATE meta SET value = 0 WHERE key = 'clean_position'`);
    await open();
    expect(warnings).toEqual([expect.stringContaining('1 records since then')]);
    await store!.close();
    await open();
    expect(warnings).toHaveLength(1);
  });

  it('stops when acknowledged events are missing, unless the loss is accepted', async () => {
    await (await open()).close();
    tamper(`UPDATE meta SET value = 5 WHERE key = 'clean_position'`);
    await expect(open()).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining('missing') });
    await open({ acceptLoss: true });
    expect(warnings[0]).toContain('acknowledged events are missing');
  });

  it('refuses a newer format', async () => {
    await (await open()).close();
    tamper(`UPDATE meta SET value = 99 WHERE key = 'format'`);
    await expect(open()).rejects.toMatchObject({ code: 'newer_format' });
  });

  it('copies an older format before it is migrated', async () => {
    await (await open()).close();
    const file = join(directory, 'log.db');
    const db = openDatabase(file, { 1: 'CREATE TABLE later(x)' }, 2);
    expect(readMeta(db, 'format')).toBe('2');
    db.close();
    const copy = new DatabaseSync(`${file}.format-1.copy`);
    expect(readMeta(copy, 'format')).toBe('1');
    copy.close();
  });

  it('migrates also when an earlier start was killed while it copied, or before it had migrated', async () => {
    await (await open()).close();
    const file = join(directory, 'log.db');
    for (const left of ['.copy', '.copy.part']) writeFileSync(`${file}.format-1${left}`, 'half of a file');
    const db = openDatabase(file, { 1: 'CREATE TABLE later(x)' }, 2);
    expect(readMeta(db, 'format')).toBe('2');
    db.close();
    const copy = new DatabaseSync(`${file}.format-1.copy`);
    expect(readMeta(copy, 'format')).toBe('1');
    copy.close();
    expect(existsSync(`${file}.format-1.copy.part`)).toBe(false);
  });

  it('refuses a bad append of a group alone: the others land', async () => {
    await open();
    const wrong = one('process-2').events.map((e) => ({ ...e, id: one('process-3').events[0]!.id }));
    const results = await Promise.allSettled([
      store!.append('process-1', 'no_stream', one('process-1').events),
      store!.append('process-2', 'no_stream', wrong),
      store!.append('process-1', revision(7), one('process-1').events),
      store!.append('process-4', 'no_stream', one('process-4').events),
    ]);
    expect(
      results.map((r) => (r.status === 'fulfilled' ? r.value.position : (r.reason as { code: string }).code)),
    ).toEqual([1, 'corrupt', 'wrong_expected_revision', 2]);
  });

  it('answers disk_full while it cannot write, tears nothing and goes on when it can', async () => {
    await open();
    await store!.append('process-1', 'no_stream', one('process-1').events);
    const pages = (store!.db.prepare('PRAGMA page_count').get() as { page_count: number }).page_count;
    store!.db.exec(`PRAGMA max_page_count=${pages}`);
    const big = one('process-2', 'x'.repeat(500_000));
    await expect(store!.append('process-2', 'no_stream', big.events)).rejects.toMatchObject({ code: 'disk_full' });
    store!.db.exec('PRAGMA max_page_count=1000000; PRAGMA query_only=1');
    await expect(store!.append('process-2', 'no_stream', big.events)).rejects.toMatchObject({ code: 'disk_full' });
    expect(await store!.head()).toBe(1);
    store!.db.exec('PRAGMA query_only=0');
    expect(await store!.append('process-2', 'no_stream', big.events)).toEqual({ revision: 0, position: 2 });
  });

  it('gives its write-ahead log its size at open without growing the database', async () => {
    await open({ walBytes: 4 * 1024 * 1024 });
    expect(statSync(join(directory, 'log.db-wal')).size).toBeGreaterThanOrEqual(4 * 1024 * 1024);
    expect(statSync(join(directory, 'log.db')).size).toBeLessThan(1024 * 1024);
    expect((await store!.append('process-1', 'no_stream', one('process-1').events)).position).toBe(1);
  });
});
