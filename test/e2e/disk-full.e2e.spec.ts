import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore, verifyLog } from '#event-store';
import { chained } from '#testing';
import { createPortfolio, expectProblem, facts, reaches } from './portfolios.js';
import { World } from './world.js';

/** A real file system of a few MiB, where this machine lets us mount one (Linux, as root). */
const folder = mkdtempSync(join(tmpdir(), 'purveyor-disk-'));
const SIZE = ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs'];
const mounted = process.platform === 'linux' && spawnSync('mount', [...SIZE, folder]).status === 0;
const CHUNK = 64 * 1024;
const NEW = { revision: -1, hash: '' };
const filler = join(folder, 'filler');

/** Takes all the space there is but `leave` bytes; a server that runs may take of it meanwhile. */
function fill(leave = 0): void {
  const { bavail, bsize } = statfsSync(folder);
  try {
    for (let left = bavail * bsize - leave; left > 0; left -= CHUNK)
      appendFileSync(filler, Buffer.alloc(Math.min(CHUNK, left)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

const onSmallDisk = mounted ? describe : describe.skip;
if (!mounted) process.stderr.write('skipped: disk-full.e2e.spec.ts needs the right to mount a tmpfs\n');

onSmallDisk('a log on a disk that is full', () => {
  it('acknowledges nothing that is not there later, tears nothing, and goes on when there is space', async () => {
    const directory = join(folder, 'log');
    const open = () => openEmbeddedStore({ directory, walBytes: 0 });
    let store = await open();
    const acknowledged: string[] = [];
    const append = async (stream: string) => {
      const { events } = chained(stream, NEW, [{ type: 'Happened', data: { text: 'x'.repeat(20_000) } }]);
      await store.append(stream, 'no_stream', events);
      acknowledged.push(stream);
    };
    fill(2 * 1024 * 1024);
    const refused = await (async () => {
      for (let n = 0; n < 1_000; n++) await append(`process-${n}`);
    })().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'disk_full' });
    expect(acknowledged.length).toBeGreaterThan(5);
    await expect(append('process-more')).rejects.toMatchObject({ code: 'disk_full' });
    rmSync(filler);
    await append('process-more');
    expect(await verifyLog(store)).toMatchObject({ ok: true, streams: acknowledged.length });
    await store.close();
    store = await open();
    for (const stream of acknowledged) expect((await store.readStream(stream)).events).toHaveLength(1);
    expect(await verifyLog(store)).toMatchObject({ ok: true, streams: acknowledged.length });
    await store.close();
  }, 60_000);
});

onSmallDisk('a server on a disk that is full', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ PURVEYOR_DATA_DIR: join(folder, 'data') });
  }, 60_000);
  afterAll(() => world?.stop());

  const create = (name: string) =>
    world.api('POST', '/api/portfolios', { name, csp: 'azure', facts: facts(), advance: 'manual' });

  it('refuses commands with 507, still answers queries, tears nothing, and goes on when there is space', async () => {
    const before = await createPortfolio(world);
    await reaches(world, before, 'COMPLETED');
    // By now with those of the products, which a server registers after it answers.
    const known = (await world.api('GET', '/api/audit/verify')).body.streams as number;
    const acknowledged: string[] = [];
    fill();
    for (let tries = 0, refused = 0; tries < 400 && refused < 3; tries++) {
      const answer = await create(`p${tries}`);
      if (answer.status === 202) acknowledged.push(answer.body.id);
      else {
        expectProblem(answer, 507, 'disk_full');
        refused++;
      }
      if (tries === 399) throw new Error('the disk was never full');
    }
    expect((await world.api('GET', '/api/audit/verify')).body).toMatchObject({ ok: true });
    rmSync(filler);
    const after = await createPortfolio(world);
    await reaches(world, after, 'COMPLETED');
    const { body } = await world.api('GET', '/api/audit/verify');
    expect([body.ok, body.streams]).toEqual([true, known + acknowledged.length + 1]);
    await world.restartServer();
    for (const id of [before, ...acknowledged, after])
      expect((await world.events(`portfolio-${id}`))[0]).toMatchObject({ type: 'PortfolioCreated' });
    expect((await world.api('GET', '/api/audit/verify')).body).toMatchObject({ ok: true, streams: body.streams });
  }, 120_000);
});
