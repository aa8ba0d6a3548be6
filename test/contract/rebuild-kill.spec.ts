import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedStore } from '#event-store';
import { askForRebuild, checkpointsOf, openReadModels, projections, type ReadModels } from '#read-models';
import { PostgresServer, mulberry32 } from '#testing';
import { hashOf, project, rebuilt, started, World } from './read-models.fixture.js';
import { SEED } from '../../libs/testing/seed.js';

const PORTFOLIOS = 4_000;
/** The first process gets no further, so that it is killed in the middle whatever the machine's speed: behind the first rows that are written. */
const FIRST_TO = 12_000;
const server = await PostgresServer.start();
afterAll(() => server?.remove());

const databases: [name: string, at: () => Promise<string>][] = [['SQLite', async () => 'sqlite']];
if (server) databases.push(['PostgreSQL', () => server.createDatabase()]);

/** Four events each, written at once, so that they share commits; and the views of them. */
async function fill(directory: string, models: ReadModels): Promise<number> {
  const store = await openEmbeddedStore({ directory });
  const world = new World(store);
  await Promise.all(
    Array.from({ length: PORTFOLIOS }, async (_, i) => {
      await world.portfolio(`p${i}`);
      await world.stage(`p${i}`, 'StageStarted', started);
      await world.stage(`p${i}`, 'StageCompleted', { result: { n: i } });
      await world.stage(`p${i}`, 'StageStarted', { ...started, step: 'BILLING_PROFILE' });
    }),
  );
  const head = await store.head();
  const running = await project(world, models);
  await running.waitFor(head);
  await running.stop();
  await store.close();
  return head;
}

async function begin(directory: string, at: string, to: number): Promise<ChildProcess> {
  const file = new URL('./thread/rebuilding.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [file, directory, at, String(to)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const places = async (models: ReadModels): Promise<number[]> =>
  (await checkpointsOf(models)).filter(({ projection }) => projection.includes('@')).map(({ position }) => position);

describe('a rebuild whose process is killed', () => {
  it.each(databases)(
    'over %s goes on where it was, and its rows are those of a replay from zero',
    async (_name, database) => {
      process.stderr.write(`rebuild and kill: seed ${SEED}\n`);
      const random = mulberry32(SEED);
      const directory = mkdtempSync(join(tmpdir(), 'purveyor-rebuild-'));
      const at = await database();
      const models = await openReadModels({ directory, at });
      const head = await fill(directory, models);
      for (const each of projections) await askForRebuild(models, each);
      const seen: number[] = [];
      for (let kills = 0; kills < 3 && (await places(models)).length > 0; kills++) {
        const child = await begin(directory, at, kills === 0 ? FIRST_TO : Infinity);
        const from = String(await places(models));
        const hasMoved = async () => from === '' || String(await places(models)) !== from;
        while (!(await hasMoved())) await sleep(2);
        await sleep(random() * 50);
        await kill(child);
        seen.push(...(await places(models)));
      }
      expect(Math.max(...seen)).toBeGreaterThan(0);
      const store = await openEmbeddedStore({ directory });
      await models.db.updateTable('checkpoints').set({ owner: '' }).execute();
      const last = await project(new World(store), models);
      await rebuilt(models);
      await last.stop();
      const fresh = await openReadModels({ directory: ':memory:' });
      const again = await project(new World(store), fresh);
      await again.waitFor(head);
      await again.stop();
      expect(await hashOf(models)).toBe(await hashOf(fresh));
      await Promise.all([store.close(), models.close(), fresh.close()]);
      rmSync(directory, { recursive: true });
    },
    120_000,
  );
});
