import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore, type EmbeddedStore } from '#event-store';
import { openSubjectKeys, type FileSubjectKeys } from '#platform';
import {
  groups,
  MAIN,
  openReadModels,
  portfolio,
  ProjectorThread,
  superviseProjector,
  type ReadModels,
} from '#read-models';
import { dump, project, started, story, World } from './read-models.fixture.js';

const REAL = new URL('../../dist/apps/server/composition/projector.worker.js', import.meta.url);
const MORTAL = new URL('./thread/mortal.worker.mjs', import.meta.url);
const key = new Uint8Array(32).fill(7);

describe('the projector in a thread of its own', () => {
  let directory: string;
  let store: EmbeddedStore;
  let keys: FileSubjectKeys;
  let models: ReadModels;
  let world: World;
  let stop: AbortController;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'purveyor-thread-'));
    store = await openEmbeddedStore({ directory, walBytes: 0 });
    keys = await openSubjectKeys({ directory, key });
    models = await openReadModels({ directory });
    world = new World(store, keys);
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await models.close();
    keys.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const data = (more: object = {}) => ({
    directory,
    vaultKey: key,
    acceptLoss: false,
    owner: randomUUID(),
    commits: store.commits,
    ...more,
  });

  it('follows the log, opens personal fields whose keys are made later, and ends when told', async () => {
    const thread = new ProjectorThread(REAL, data());
    const running = await Promise.all(groups.map(({ name }) => thread.start(name, { signal: stop.signal })));
    const follow = (position: number) => Promise.all(running.map((each) => each.waitFor(position, 10_000)));
    await follow(await story(world));
    await world.portfolio('late');
    await world.stage('late', 'StageStarted', started);
    const end = await world.stage('late', 'StageCompleted', { result: { first_name: 'Ada' } });
    await follow(end);
    expect(running.map((projector) => projector.position())).toEqual(groups.map(() => end));
    expect((await portfolio(models, 'late'))?.stages[0]).toMatchObject({ result: { first_name: 'Ada' } });
    const other = await project(world, await openReadModels({ directory: ':memory:' }));
    await other.waitFor(end);
    expect(await dump(models)).toEqual(await dump(other.models));
    await other.stop();
    stop.abort();
    await Promise.all(running.map((projector) => projector.done));
    expect(running.map((projector) => projector.failure())).toEqual(groups.map(() => undefined));
  });

  it('no longer reads what belongs to a forgotten subject', async () => {
    const projector = await new ProjectorThread(REAL, data()).start(MAIN, { signal: stop.signal });
    await world.portfolio('gone');
    await projector.waitFor(await world.stage('gone', 'StageStarted', started), 10_000);
    const end = await world.stage('gone', 'StageCompleted', { result: { first_name: 'Ada' } });
    await keys.forget('portfolio-gone');
    stop.abort();
    await projector.done;
    await models.db.updateTable('checkpoints').set({ position: 0 }).execute();
    await models.db.deleteFrom('portfolios').execute();
    stop = new AbortController();
    const again = await new ProjectorThread(REAL, data()).start(MAIN, { signal: stop.signal });
    await again.waitFor(end, 10_000);
    expect((await portfolio(models, 'gone'))?.stages[0]).toMatchObject({ result: { first_name: '[erased]' } });
    stop.abort();
    await again.done;
  });

  it('is begun again when it dies, says so meanwhile, and loses and doubles nothing', async () => {
    const lives = new SharedArrayBuffer(4);
    new Int32Array(lives)[0] = 2;
    const workerData = data({ deadly: 'portfolio-b', lives });
    const failures: string[] = [];
    const projector = await superviseProjector({
      start: (given) => new ProjectorThread(MORTAL, workerData).start(MAIN, given),
      signal: stop.signal,
      onFailure: (error) => failures.push(`${String(error)}; ${String(projector.failure())}`),
    });
    const end = await story(world);
    await projector.waitFor(end, 20_000);
    const ended = "the projector's thread ended with code 3";
    expect(failures).toEqual([`Error: ${ended}; ${ended}`, `Error: ${ended}; ${ended}`]);
    expect(projector.failure()).toBeUndefined();
    const other = await project(world, await openReadModels({ directory: ':memory:' }));
    await other.waitFor(end);
    expect(await dump(models)).toEqual(await dump(other.models));
    await other.stop();
    stop.abort();
    await projector.done;
  });

  it('runs groups side by side: one that fails is begun again in it, the other goes on', async () => {
    const thread = new ProjectorThread(MORTAL, data({ deadly: '', lives: new SharedArrayBuffer(4) }));
    const other = new AbortController();
    const [worklist, views] = [
      await thread.start('worklist', { signal: other.signal }),
      await thread.start('portfolios', { signal: stop.signal }),
    ];
    const end = await story(world);
    await Promise.all([worklist.waitFor(end, 10_000), views.waitFor(end, 10_000)]);
    await models.db.updateTable('checkpoints').set({ position: 1 }).where('projection', '=', 'portfolios').execute();
    const late = await world.portfolio('late');
    await expect(views.done).rejects.toThrow(/another projector/);
    await worklist.waitFor(late, 10_000);
    const again = await thread.start('portfolios', { signal: stop.signal });
    await again.waitFor(late, 10_000);
    expect(await portfolio(models, 'late')).toMatchObject({ name: 'late' });
    other.abort();
    await worklist.done;
    expect(thread.ended).toBe(false);
    stop.abort();
    await again.done;
    await thread.stop();
    expect(thread.ended).toBe(true);
  });

  it('keeps the code of what hinders its start', async () => {
    const first = await new ProjectorThread(REAL, data()).start(MAIN, { signal: stop.signal });
    await first.waitFor(await story(world), 10_000);
    stop.abort();
    await first.done;
    await models.db.updateTable('checkpoints').set({ position: 1_000_000 }).execute();
    const again = new ProjectorThread(REAL, data()).start(MAIN, { signal: new AbortController().signal });
    await expect(again).rejects.toMatchObject({ code: 'corrupt', message: /acknowledged events are missing/ });
  });
});
