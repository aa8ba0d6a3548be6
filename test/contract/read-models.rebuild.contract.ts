import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import {
  askForRebuild,
  askForRevert,
  listPortfolios,
  listProjections,
  listSubscriptions,
  portfolio,
  projections,
  type Projection,
  type ReadModels,
} from '#read-models';
import { dump, hashOf, project, rebuilt, story, upTo, World, type Database } from './read-models.fixture.js';
import { manyThings } from './read-models.many-things.js';
import { eachWithItsOwn } from './read-models.databases.js';

const PORTFOLIOS = named('portfolios');
function named(name: string): Projection {
  return projections.find((each) => each.name === name)!;
}

/** The same projection in another make. */
const remade = (projection: Projection, change: Partial<Projection>): readonly Projection[] =>
  projections.map((each) => (each === projection ? { ...each, ...change } : each));

/** Views are built anew beside the live ones, on every database. */
export function rebuildContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`rebuilding over ${name}`, () => {
    let models: ReadModels;
    let world: World;
    eachWithItsOwn(openDatabase, (own) => ({ models, world } = own));

    const status = async (of = 'portfolios') => (await listProjections(models)).find((each) => each.name === of)!;

    it('never fails a query nor goes back in time, while everything is rebuilt and more is written', async () => {
      const running = await upTo(world, await manyThings(world, 7), models);
      const stop = new AbortController();
      const seen = { portfolios: 0, position: 0, queries: 0 };
      const reader = (async () => {
        while (!stop.signal.aborted) {
          const before = running.projector.position();
          const { items } = await listPortfolios(models, { limit: 500 });
          const all = await listSubscriptions(models, { range: [0, 500] });
          expect([items.length >= seen.portfolios, before >= seen.position, all.items.length > 0]).toEqual([
            true,
            true,
            true,
          ]);
          seen.portfolios = items.length;
          seen.position = before;
          seen.queries++;
          await sleep(1);
        }
      })();
      let end = 0;
      for (let round = 0; round < 3; round++) {
        for (const each of projections) expect(await askForRebuild(models, each)).toBe('begun');
        for (let i = 0; i < 20; i++) {
          end = await world.portfolio(`while-${round}-${i}`);
          await running.waitFor(end);
          expect(await portfolio(models, `while-${round}-${i}`)).toBeDefined();
        }
        await rebuilt(models);
      }
      stop.abort();
      await reader;
      expect(seen.queries).toBeGreaterThan(20);
      await running.stop();
      const other = await openDatabase();
      const fresh = await other.open();
      await (await upTo(world, end, fresh)).stop();
      expect(await dump(models)).toEqual(await dump(fresh));
      expect(await hashOf(models)).toBe(await hashOf(fresh));
      await other.remove();
    });

    it('puts right whatever rows differ, keeps the rows of before, and goes back to them and forth', async () => {
      const running = await upTo(world, await story(world), models);
      const right = await dump(models);
      await models.db.updateTable('portfolios').set({ name: 'wrong', stage: null }).where('id', '=', 'a').execute();
      await models.db.deleteFrom('portfolios').where('id', '=', 'b').execute();
      await sql`INSERT INTO portfolios (id, revision, position, doc, name, csp, state, phase, created_at, updated_at)
        VALUES ('x', 1, 1, '{}', 'x', 'x', 'x', 'x', 1, 1)`.execute(models.db);
      const wrong = await dump(models);
      expect(await askForRevert(models, PORTFOLIOS)).toBe('nothing_kept');
      expect(await askForRebuild(models, PORTFOLIOS)).toBe('begun');
      expect(await askForRebuild(models, PORTFOLIOS)).toBe('running');
      await rebuilt(models);
      expect(await dump(models)).toEqual(right);
      const { version } = PORTFOLIOS;
      expect(await status()).toMatchObject({ version, rebuild: null, kept: { version, position: 15 } });
      expect(await askForRevert(models, PORTFOLIOS)).toBe('begun');
      await rebuilt(models);
      expect(await dump(models)).toEqual(wrong);
      const end = await world.portfolio('c');
      await running.waitFor(end);
      expect(await askForRevert(models, PORTFOLIOS)).toBe('begun');
      await rebuilt(models);
      const names = (await listPortfolios(models)).items.map((item) => item.name);
      expect(names).toEqual(['c', 'b', 'a']);
      await running.stop();
    });

    it('takes up a parked event again when its handler is mended, and tells of one that fails still', async () => {
      const end = await story(world);
      let mended = false;
      const poisoned = remade(PORTFOLIOS, {
        begin() {
          const run = PORTFOLIOS.begin();
          const add = run.add.bind(run);
          run.add = (event) => {
            if (!mended && event.type === 'StageFailed') throw new Error('a defect');
            add(event);
          };
          return run;
        },
      });
      const running = await upTo(world, end, models, { projections: poisoned });
      expect([(await status()).parked, await portfolio(models, 'a')]).toMatchObject([1, { phase: 'STARTED' }]);
      await askForRebuild(models, PORTFOLIOS);
      await rebuilt(models);
      expect((await status()).parked).toBe(1);
      mended = true;
      await askForRebuild(models, PORTFOLIOS);
      await rebuilt(models);
      expect((await status()).parked).toBe(0);
      expect(await portfolio(models, 'b')).toMatchObject({ state: 'TENANT_FAILED' });
      await running.stop();
    });

    it('that fails says why, and the live rows are fed meanwhile', async () => {
      const end = await story(world);
      let broken = false;
      const begin = () => {
        const run = PORTFOLIOS.begin();
        const flush = run.flush.bind(run);
        run.flush = () => {
          if (broken) throw new Error('a defect');
          return flush();
        };
        return run;
      };
      const running = await upTo(world, end, models, { projections: remade(PORTFOLIOS, { begin }) });
      broken = true;
      await askForRebuild(models, PORTFOLIOS);
      while ((await status()).rebuild?.trouble == null) await sleep(10);
      expect((await status()).rebuild).toMatchObject({ position: 0, trouble: 'a defect' });
      broken = false;
      await running.waitFor(await world.portfolio('c'));
      expect(running.projector.failure()).toBeUndefined();
      await rebuilt(models);
      expect((await status()).kept).not.toBeNull();
      await running.stop();
    });

    it('lets an earlier program take up the rows of before, without a replay from zero', async () => {
      const end = await story(world);
      await (await upTo(world, end, models)).stop();
      const later = remade(PORTFOLIOS, { version: PORTFOLIOS.version + 1 });
      const newer = await project(world, models, { projections: later });
      await rebuilt(models);
      const more = await world.portfolio('c');
      await newer.waitFor(more);
      expect(await status()).toMatchObject({ version: PORTFOLIOS.version + 1, kept: { position: end } });
      await newer.stop();
      expect(
        await askForRevert(
          models,
          later.find((each) => each.name === 'portfolios')!,
        ),
      ).toBe('other_version');
      const back = await project(world, models);
      await rebuilt(models);
      expect(await status()).toMatchObject({ version: PORTFOLIOS.version, position: more, rebuild: null });
      expect((await listPortfolios(models)).items).toHaveLength(3);
      await back.stop();
    });
  });
}
