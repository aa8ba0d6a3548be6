import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPortfolio, expectProblem, facts, reaches } from './portfolios.js';
import { World } from './world.js';

/** A real file system of a few MiB, where this machine lets us mount one (Linux, as root). */
const folder = mkdtempSync(join(tmpdir(), 'purveyor-disk-'));
const SIZE = ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs'];
const mounted = process.platform === 'linux' && spawnSync('mount', [...SIZE, folder]).status === 0;
const filler = join(folder, 'filler');

/** Takes all the space there is. */
function fill(): void {
  const { bavail, bsize } = statfsSync(folder);
  for (let blocks = bavail; blocks >= 0; blocks--)
    try {
      writeFileSync(filler, Buffer.alloc(blocks * bsize));
      return;
    } catch {
      rmSync(filler, { force: true });
    }
}

afterAll(() => {
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
});

const onSmallDisk = mounted ? describe : describe.skip;
if (!mounted) process.stderr.write('skipped: disk-full.e2e.spec.ts needs the right to mount a tmpfs\n');

onSmallDisk('a disk that is full', () => {
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
    expect([body.ok, body.streams]).toEqual([true, acknowledged.length + 2]);
    await world.restartServer();
    for (const id of [before, ...acknowledged, after])
      expect((await world.events(`portfolio-${id}`))[0]).toMatchObject({ type: 'PortfolioCreated' });
    expect((await world.api('GET', '/api/audit/verify')).body).toMatchObject({ ok: true, streams: body.streams });
  }, 120_000);
});
