import { afterAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { systemClock, type Clock } from '#kernel';
import {
  checkpointsOf,
  contendForTimerLock,
  projections,
  startProjector,
  superviseProjector,
  type ReadModels,
} from '#read-models';
import { PostgresServer } from '#testing';
import { postgresDatabase, postgresDatabases, sqliteDatabase } from './read-models.databases.js';
import { answers, dump, hashOf, hurried, moveCheckpoints, project, story, upTo, World } from './read-models.fixture.js';
import { manyThings } from './read-models.many-things.js';
import { beatsContract } from './read-models.beats.contract.js';
import { forgettingContract } from './read-models.forgetting.contract.js';
import { auditContract } from './read-models.audit.contract.js';
import { parkingContract } from './read-models.parking.contract.js';
import { projectorContract } from './read-models.projector.contract.js';
import { listsContract } from './read-models.lists.contract.js';
import { figuresContract } from './figures/figures.contract.js';
import { queriesContract } from './read-models.queries.contract.js';
import { crashesContract } from './read-models.crashes.contract.js';
import { rebuildContract } from './read-models.rebuild.contract.js';
import { schedulesContract } from './read-models.schedules.contract.js';
import { SEED } from '../../libs/testing/seed.js';

const server = await PostgresServer.start();
if (server === undefined) {
  process.stderr.write('PostgreSQL is not installed: the read models over it are not tested\n');
  describe('read models over PostgreSQL', () => {
    it('are tested where it is installed', () => expect(process.env['CI']).toBeUndefined());
  });
} else {
  const open = postgresDatabases(server);
  afterAll(() => server.remove());
  projectorContract('PostgreSQL', open);
  parkingContract('PostgreSQL', open);
  rebuildContract('PostgreSQL', open);
  crashesContract('PostgreSQL', open);
  queriesContract('PostgreSQL', open);
  listsContract('PostgreSQL', open);
  figuresContract('PostgreSQL', open, 1);
  schedulesContract('PostgreSQL', open);
  auditContract('PostgreSQL', open);
  forgettingContract('PostgreSQL', open);
  beatsContract(open);
  overPostgres(server);
}

const projecting = ({ store, decode }: World, readModels: ReadModels) => ({ store, decode, readModels, projections });

function overPostgres(postgres: PostgresServer): void {
  const open = () => postgresDatabase(postgres);

  describe('both databases', () => {
    it('hold the same rows and give the same answers', async () => {
      process.stderr.write(`read models: seed ${SEED}\n`);
      const world = new World();
      const end = await manyThings(world, SEED);
      const [sqlite, other] = [await sqliteDatabase(), await open()];
      const [one, two] = [await sqlite.open(), await other.open()];
      for (const models of [one, two]) await (await upTo(world, end, models)).stop();
      expect(await dump(two)).toEqual(await dump(one));
      expect(await hashOf(two)).toBe(await hashOf(one));
      expect(await answers(two, world.time)).toEqual(await answers(one, world.time));
      await sqlite.remove();
      await other.remove();
    });
  });

  /** Time passes in pauses only, however long the work between them takes. */
  function paused() {
    let time = 0;
    const after = (ms: number, call: () => void) => {
      const pass = () => {
        time += ms;
        call();
      };
      return hurried.after(ms, pass);
    };
    return { clock: { now: () => time, after } satisfies Clock, passed: () => time };
  }

  describe('several projectors over PostgreSQL', () => {
    it('one works, the second follows it and takes over when it lets go', async () => {
      const database = await open();
      const world = new World();
      const first = await upTo(world, await story(world), await database.open(), { owner: 'first' });
      const models = await database.open();
      const stop = new AbortController();
      const second = await superviseProjector({
        start: (signals) => startProjector({ ...signals, ...projecting(world, models), owner: 'second' }),
        signal: stop.signal,
        onFailure: (error) => expect(error).toBeUndefined(),
      });
      await second.waitFor(await world.portfolio('c'), 10_000);
      expect((await checkpointsOf(models)).every((row) => row.owner === 'first')).toBe(true);
      await first.stop();
      await second.waitFor(await world.portfolio('d'), 10_000);
      expect((await checkpointsOf(models)).every((row) => row.owner === 'second')).toBe(true);
      stop.abort();
      await second.done;
      await database.remove();
    });

    it('one that has died without a word is replaced within 10 s, not before it was silent for 5 s', async () => {
      const database = await open();
      const world = new World();
      const models = await database.open();
      await (await upTo(world, await story(world), models)).stop();
      await models.db.updateTable('checkpoints').set({ owner: 'dead' }).execute();
      const end = await world.portfolio('c');
      const { clock, passed } = paused();
      const watching = await project(world, models, { owner: 'heir', clock });
      expect(watching.projector.position()).toBeLessThan(end);
      await watching.projector.done;
      expect(passed()).toBeGreaterThanOrEqual(5_000);
      expect(passed()).toBeLessThan(9_000);
      const heir = await upTo(world, end, models, { owner: 'heir' });
      await heir.stop();
      await database.remove();
    });

    it('of two that begin at once on an empty database one works', async () => {
      const database = await open();
      const world = new World();
      const end = await story(world);
      const models = await Promise.all([1, 2, 3].map(() => database.open()));
      const running = await Promise.all(models.map((each) => project(world, each)));
      await Promise.all(running.map((each) => each.waitFor(end)));
      expect(new Set((await checkpointsOf(models[0]!)).map((row) => row.owner)).size).toBe(1);
      await Promise.all(running.map((each) => each.stop()));
      await database.remove();
    });
  });

  describe('a process that is frozen', () => {
    /** Time stands still for whoever lives by this clock, from `frozen` on. */
    function stoppable() {
      let frozen = false;
      const after = (ms: number, run: () => void) => systemClock.after(ms, () => void (frozen || run()));
      return { clock: { ...systemClock, after } satisfies Clock, freeze: () => (frozen = true) };
    }

    it('loses the timer lock to another within 5 s', async () => {
      const database = await open();
      const { clock, freeze } = stoppable();
      const holder = contendForTimerLock(database.url, clock);
      while (!holder.held()) await sleep(20);
      const other = contendForTimerLock(database.url);
      await sleep(3_500);
      expect([holder.held(), other.held()]).toEqual([true, false]);
      freeze();
      const frozenAt = performance.now();
      while (!other.held()) await sleep(20);
      expect(performance.now() - frozenAt).toBeLessThan(5_000);
      expect(holder.held()).toBe(false);
      await Promise.all([other.close(), holder.close()]);
      await database.remove();
    });

    it('in the middle of a batch is replaced within 10 s; what it had not committed is not there', async () => {
      const database = await open();
      const world = new World();
      const models = await database.open();
      await (await upTo(world, await story(world), models)).stop();
      await models.db.updateTable('checkpoints').set({ owner: 'frozen' }).execute();
      let thaw = () => {};
      const thawed = new Promise<void>((resolve) => (thaw = resolve));
      const other = await database.open();
      const frozen = other.db.transaction().execute(async (db) => {
        await moveCheckpoints({ ...other, db }, 1);
        await thawed;
      });
      const end = await world.portfolio('c');
      const frozenAt = performance.now();
      const watching = await project(world, models, { owner: 'heir' });
      await watching.projector.done;
      const heir = await upTo(world, end, models, { owner: 'heir' });
      expect(performance.now() - frozenAt).toBeLessThan(10_000);
      thaw();
      await expect(frozen).rejects.toThrow();
      await heir.stop();
      await database.remove();
    });
  });

  describe('a PostgreSQL server that goes away', () => {
    it('is met again when it is back; nothing is lost or doubled', async () => {
      const database = await open();
      const world = new World();
      const models = await database.open();
      const stop = new AbortController();
      const failures: unknown[] = [];
      const projector = await superviseProjector({
        start: (signals) => startProjector({ ...signals, ...projecting(world, models), owner: 'me' }),
        signal: stop.signal,
        onFailure: (error) => failures.push(error),
      });
      await projector.waitFor(await story(world), 10_000);
      await postgres.kill();
      const end = await world.portfolio('c');
      while (projector.failure() === undefined) await sleep(20);
      await expect(checkpointsOf(models)).rejects.toThrow();
      await postgres.resume();
      await projector.waitFor(end, 15_000);
      expect(projector.failure()).toBeUndefined();
      expect(failures.length).toBeGreaterThan(0);
      stop.abort();
      await projector.done;
      const sqlite = await sqliteDatabase();
      const expected = await sqlite.open();
      await (await upTo(world, end, expected)).stop();
      expect(await dump(models)).toEqual(await dump(expected));
      await sqlite.remove();
      await database.remove();
    });
  });

  describe('the limits of PostgreSQL connections', () => {
    it('hold: at most 10 connections, statements end after 30 s', async () => {
      const database = await open();
      const { db } = await database.open();
      const many = Array.from({ length: 40 }, () => sql`SELECT pg_sleep(0.1)`.execute(db));
      await Promise.all(many);
      const counted = await sql<{ n: number }>`SELECT count(*) AS n FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'`.execute(db);
      expect(counted.rows[0]!.n).toBe(10);
      const timeout = await sql<{ statement_timeout: string }>`SHOW statement_timeout`.execute(db);
      expect(timeout.rows).toEqual([{ statement_timeout: '30s' }]);
      await database.remove();
    });
  });
}
