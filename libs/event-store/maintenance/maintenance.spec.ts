import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupTo, openEmbeddedStore, restore, START, verifyLog, type EmbeddedStore } from '#event-store';
import { chained } from '#testing';

const NEW = { revision: -1, hash: '' };

/** Takes the last entry off the one page of the index of streams, as damage to the disk would. */
async function loseLastOfIndex(file: string): Promise<void> {
  const db = new DatabaseSync(file);
  const { page_size } = db.prepare('PRAGMA page_size').get() as { page_size: number };
  const index = db.prepare(`SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'appends'`);
  const { rootpage } = index.get() as { rootpage: number };
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  const bytes = await readFile(file);
  // Bytes 3 and 4 of a page count its cells (https://sqlite.org/fileformat2.html, 1.6).
  const count = (rootpage - 1) * page_size + 3;
  bytes.writeUInt16BE(bytes.readUInt16BE(count) - 1, count);
  await writeFile(file, bytes);
}

describe('maintenance of the embedded log', () => {
  let root: string;
  let directory: string;
  let store: EmbeddedStore;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'purveyor-maintenance-'));
    directory = join(root, 'data');
    store = await openEmbeddedStore({ directory, walBytes: 0 });
    for (let n = 0; n < 3; n++) {
      const stream = `process-${n}`;
      const two = [
        { type: 'Happened', data: { n } },
        { type: 'Ended', data: {} },
      ];
      await store.append(stream, 'no_stream', chained(stream, NEW, two).events);
    }
  });
  afterEach(async () => {
    await store.close();
    await rm(root, { recursive: true });
  });

  const tamper = (sql: string) => {
    const db = new DatabaseSync(join(directory, 'log.db'));
    db.exec(sql);
    db.close();
  };

  it('counts what it has checked, in a running store and in its directory', async () => {
    const progress: number[] = [];
    expect(await verifyLog(store, (n) => progress.push(n))).toEqual({ ok: true, events: 6, streams: 3 });
    expect(progress).toEqual([6]);
    expect(await verifyLog(directory)).toEqual({ ok: true, events: 6, streams: 3 });
  });

  it('names a changed record by stream, revision and row', async () => {
    tamper(`UPDATE appends SET body = replace(body, '"n":1', '"n":9') WHERE position = 4`);
    const firstBad = expect.objectContaining({ stream: 'process-1', revision: 1, row: 4 });
    expect(await verifyLog(directory)).toMatchObject({ ok: false, events: 2, firstBad });
    expect(await verifyLog(store)).toMatchObject({ ok: false, firstBad });
  });

  it('finds a record that is gone', async () => {
    tamper('DELETE FROM appends WHERE position = 4');
    expect(await verifyLog(directory)).toMatchObject({ ok: false, firstBad: { row: 6 } });
  });

  it('finds that the last records are gone, which breaks no chain', async () => {
    await store.close();
    tamper('DELETE FROM appends WHERE position = 6');
    const message = 'the log ends at row 4, but it was stopped at 6';
    expect(await verifyLog(directory)).toMatchObject({ ok: false, events: 4, firstBad: { row: 5, message } });
  });

  it('finds a record that its stream does not find: the index is damaged', async () => {
    await store.close();
    await loseLastOfIndex(join(directory, 'log.db'));
    expect(await verifyLog(directory)).toMatchObject({
      ok: false,
      events: 6,
      firstBad: { message: expect.stringContaining("the log's file is damaged") },
    });
  });

  it('is not restored from a backup that was broken off, and a restore that was has no log', async () => {
    const backup = join(root, 'backup');
    await backupTo(directory, backup);
    for (const [from, run] of [
      [directory, backupTo],
      [backup, restore],
    ] as const) {
      await writeFile(join(from, 'vault.db'), 'this is no database, so that the copy ends here'.repeat(99));
      const half = join(root, `half of ${run.name}`);
      await expect(run(from, half)).rejects.toThrow();
      await expect(restore(half, join(root, 'x'))).rejects.toMatchObject({ code: 'store_unavailable' });
    }
  });

  it('gives nobody more rights to a copy than to what it copies, and leaves what is outside out', async () => {
    const secret = join(directory, 'vault.db');
    new DatabaseSync(secret).exec('CREATE TABLE secrets (a)');
    await chmod(secret, 0o600);
    await mkdir(join(directory, 'sandbox'));
    const backup = join(root, 'backup');
    expect(await backupTo(directory, backup)).toEqual(['log.db', 'vault.db']);
    await restore(backup, join(root, 'restored'));
    for (const folder of [backup, join(root, 'restored')]) {
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect((await stat(join(folder, 'vault.db'))).mode & 0o777).toBe(0o600);
    }
  });

  it('backs up while running, and a restored directory is the same log', async () => {
    await writeFile(join(directory, 'keys.json'), '{"k":1}');
    const copied = await backupTo(directory, join(root, 'backup'));
    expect(copied).toEqual(['log.db', 'keys.json']);
    const after = chained('process-9', NEW, [{ type: 'Happened', data: {} }]);
    await store.append('process-9', 'no_stream', after.events);

    await restore(join(root, 'backup'), join(root, 'restored'));
    expect(await readFile(join(root, 'restored', 'keys.json'), 'utf8')).toBe('{"k":1}');
    const restored = await openEmbeddedStore({ directory: join(root, 'restored'), walBytes: 0 });
    try {
      expect(restored.logId).toBe(store.logId);
      const before = (await store.readAll({ after: START })).events.slice(0, 6);
      expect((await restored.readAll({ after: START })).events).toEqual(before);
    } finally {
      await restored.close();
    }
  });

  it('refuses a directory that is not empty, and a source without a log', async () => {
    await expect(backupTo(directory, directory)).rejects.toMatchObject({ code: 'directory_in_use' });
    await expect(restore(directory, directory)).rejects.toMatchObject({ code: 'directory_in_use' });
    await expect(restore(join(root, 'nothing'), join(root, 'x'))).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});
