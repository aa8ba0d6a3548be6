import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
  /** With so many events, each appended by itself, in one stream. */
  const openWith = async (appends: number) => {
    await open();
    let head = NEW;
    for (let n = 0; n < appends; n++) {
      const next = chained('process-1', head, [{ type: 'Happened', data: n }]);
      await store!.append('process-1', n === 0 ? 'no_stream' : revision(head.revision), next.events);
      head = next.head;
    }
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

  it('takes neither a path that sounds so for a directory in use, nor a damaged lock for one that cannot be written', async () => {
    const busy = join(directory, 'busybox');
    writeFileSync(busy, '');
    await expect(openEmbeddedStore({ directory: join(busy, 'locked') })).rejects.toMatchObject({ code: 'disk_full' });
    writeFileSync(join(directory, 'owner.db'), 'this is no database'.repeat(99));
    await expect(open()).rejects.toMatchObject({ sqliteCodeName: 'SQLITE_NOTADB' });
  });

  it('makes its directory for its owner only', async () => {
    const made = join(directory, 'new');
    store = await openEmbeddedStore({ directory: made, walBytes: 0 });
    expect(statSync(made).mode & 0o777).toBe(0o700);
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

  it('takes no stream for shorter than it is, where a record is not found', async () => {
    await openWith(3);
    tamper('DELETE FROM appends WHERE position = 2');
    const missing = (at: number) => ({ code: 'corrupt', at: { stream: 'process-1', revision: at } });
    await expect(store!.readStream('process-1')).rejects.toMatchObject(missing(1));
    await expect(store!.readStream('process-1', { direction: 'backwards' })).rejects.toMatchObject(missing(1));
    tamper('DELETE FROM appends WHERE position = 3');
    await expect(store!.readStream('process-1', { from: revision(2) })).rejects.toMatchObject(missing(2));
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
    store!.confirm();
    await store!.close();
    await open();
    expect(warnings).toHaveLength(1);
  });

  it('writes nothing at a start that nobody confirms: what was cut off is still in the file', async () => {
    await (await open()).append('process-1', 'no_stream', one('process-1').events);
    await store!.close();
    tamper(`UPDATE meta SET value = 0 WHERE key = 'clean_position'`);
    const mark = () => readMeta(store!.db, 'clean_position');
    await (await open()).close();
    await open();
    expect([mark(), warnings.length]).toEqual(['0', 2]);
    store!.confirm();
    expect(mark()).toBe('1');
  });

  it('leaves what SQLite cut off behind a bad frame where it is, until it is confirmed', async () => {
    await openWith(20);
    // Copies, because this process still holds what it knows of the files that it had open.
    const flippedCopy = (name: string, from: string) => {
      const to = join(directory, name);
      mkdirSync(to);
      for (const file of ['log.db', 'log.db-wal']) cpSync(join(from, file), join(to, file));
      const wal = readFileSync(join(to, 'log.db-wal'));
      wal[half] = wal[half]! ^ 1;
      writeFileSync(join(to, 'log.db-wal'), wal);
      return to;
    };
    const half = statSync(join(directory, 'log.db-wal')).size >> 1;
    const cut = flippedCopy('cut', directory);
    const refused = await openEmbeddedStore({ directory: cut });
    expect(refused.position).toBeLessThan(20);
    await refused.close();
    const mended = await openEmbeddedStore({ directory: flippedCopy('mended', cut) });
    expect(mended.position).toBe(20);
    mended.confirm();
    await mended.close();
  });

  it.each([
    [`UPDATE meta SET value = 'many' WHERE key = 'format'`, 'format'],
    [`UPDATE meta SET value = -1 WHERE key = 'clean_position'`, 'clean_position'],
    [`DELETE FROM meta WHERE key = 'log_id'`, 'log_id'],
  ])('stops when it has lost what it knows of itself: %s', async (sql, key) => {
    await (await open()).close();
    tamper(sql);
    await expect(open()).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining(key) });
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

  it('refuses the repeat of a damaged stream alone: the others land', async () => {
    await open();
    const first = one('process-1');
    const second = chained('process-1', first.head, [{ type: 'Happened', data: 2 }]);
    const third = chained('process-1', second.head, [{ type: 'Happened', data: 3 }]);
    await store!.append('process-1', 'no_stream', first.events);
    await store!.append('process-1', revision(0), second.events);
    await store!.append('process-1', revision(1), third.events);
    tamper('DELETE FROM appends WHERE position = 2');
    const [repeat, other] = await Promise.allSettled([
      store!.append('process-1', revision(0), second.events),
      store!.append('process-2', 'no_stream', one('process-2').events),
    ]);
    expect(repeat).toMatchObject({ reason: { code: 'corrupt', at: { stream: 'process-1', revision: 1 } } });
    expect(other).toMatchObject({ value: { position: 4 } });
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

  it('gives its write-ahead log its size when it is confirmed, without growing the database', async () => {
    (await open({ walBytes: 4 * 1024 * 1024 })).confirm();
    expect(statSync(join(directory, 'log.db-wal')).size).toBeGreaterThanOrEqual(4 * 1024 * 1024);
    expect(statSync(join(directory, 'log.db')).size).toBeLessThan(1024 * 1024);
    expect((await store!.append('process-1', 'no_stream', one('process-1').events)).position).toBe(1);
  });
});
