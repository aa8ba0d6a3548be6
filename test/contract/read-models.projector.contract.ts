import { describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-store';
import { SimulatedStore } from '#testing';
import {
  checkpointsOf,
  listPortfolios,
  overview,
  portfolio,
  process,
  processesOf,
  projections,
  SecondProjector,
  startProjector,
  subscription,
  type ReadModels,
} from '#read-models';
import {
  dump,
  hashOf,
  moveCheckpoints,
  openStreams,
  project,
  rebuilt,
  story,
  upTo,
  World,
  type Database,
} from './read-models.fixture.js';
import { eachWithItsOwn } from './read-models.databases.js';
import { louder, noting, stopsAfter, stutter } from './read-models.doctored.js';

/** What every database of the read models must do, and how the projector uses it. `open` gives an empty one. */
export function projectorContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`the projector over ${name}`, () => {
    let database: Database;
    let models: ReadModels;
    let world: World;

    eachWithItsOwn(openDatabase, (own) => ({ database, models, world } = own));

    /** Another database of the same kind. */
    async function another<T>(use: (models: ReadModels) => Promise<T>): Promise<T> {
      const other = await openDatabase();
      try {
        return await use(await other.open());
      } finally {
        await other.remove();
      }
    }

    it('shows what happened', async () => {
      const { stop } = await upTo(world, await story(world), models);
      expect(await portfolio(models, 'a')).toMatchObject({ state: 'TENANT_COMPLETED', phase: 'STARTED' });
      expect(await portfolio(models, 'b')).toMatchObject({ state: 'TENANT_FAILED', phase: 'FAILED' });
      expect(await process(models, 'p')).toMatchObject({
        last_status: 'completed',
        subscriptions: [{ subscription_id: 's' }],
        current_state: { group_name: 'g', subscription_id: 's' },
        steps: [
          { key: 'init', name: 'Start', status: 'success', state_delta: { subscription_id: 's' } },
          { status: 'pending' },
        ],
      });
      expect(await subscription(models, 's')).toMatchObject({
        status: 'active',
        insync: true,
        start_date: 2.5,
        values: { user_group: { group_id: '7' } },
      });
      expect(await processesOf(models, 's')).toMatchObject([{ process_id: 'p', created_by: 'someone' }]);
      expect(await openStreams(models)).toEqual(['portfolio-a', 'portfolio-b']);
      expect(await openStreams(models, 8)).toEqual([]);
      expect(await openStreams(models, 9)).toEqual(['portfolio-a', 'portfolio-b']);
      expect(await overview(models, world.time)).toMatchObject({
        portfolios: { byState: { TENANT_COMPLETED: 1, TENANT_FAILED: 1 } },
        subscriptions: { byProduct: { 'User Group': 1 }, inSync: 1, outOfSync: 0 },
        oldestWaiting: { stream: 'portfolio-a' },
        failuresLastDay: { portfolios: 1, processes: 0 },
      });
      await stop();
    });

    it('gives identical tables when it follows event by event, replays from zero, or gets each event twice', async () => {
      const live = await project(world, models);
      const end = await story(world);
      await live.waitFor(end);
      await live.stop();
      const hash = await hashOf(models);
      const from = async (store: EventStore) =>
        another(async (other) => {
          await (await upTo(world, end, other, { store })).stop();
          expect(await dump(other)).toEqual(await dump(models));
          return hashOf(other);
        });
      expect(await from(world.store)).toBe(hash);
      expect(await from(stutter(world.store))).toBe(hash);
      expect((await dump(models))['parked']).toEqual([]);
    });

    it('changes nothing when the whole log is applied again to filled tables', async () => {
      const end = await story(world);
      await (await upTo(world, end, models)).stop();
      const before = await dump(models);
      await moveCheckpoints(models, 0);
      await (await upTo(world, end, models)).stop();
      expect(await dump(models)).toEqual(before);
    });

    it('writes rows and checkpoints together or not at all', async () => {
      const running = await upTo(world, await story(world), models, { owner: 'me' });
      await running.stop();
      const [before, position] = [await dump(models), running.projector.position()];
      await models.db.updateTable('checkpoints').set({ owner: 'me' }).execute();
      const table = projections.find(({ name }) => name === 'worklist')!.tables[0]!;
      const row = (values: Readonly<Record<string, string | number>>) =>
        table.columns.map((name) => values[name] ?? null);
      const good = row({ stream: 'portfolio-new', category: 'portfolio', run: 1, since: 1, position: position + 1 });
      const bad = row({ stream: 'portfolio-bad', run: 1, since: 1, position: position + 1 });
      const advances = [{ projection: 'worklist', from: position, to: position + 1 }];
      const batch = {
        owner: 'me',
        advances,
        changes: [{ table, upserts: [good], removals: [['portfolio-a', position]] }],
      };
      const second = { ...table, name: 'portfolios', columns: ['id', 'position'], key: ['id'] };
      const torn = { ...batch, changes: [...batch.changes, { table: second, upserts: [['x', null]], removals: [] }] };
      await expect(models.views.apply(torn)).rejects.toThrow(/null|NOT NULL/i);
      await expect(models.views.apply({ ...batch, owner: 'other' })).rejects.toThrow(SecondProjector);
      const elsewhere = [{ ...advances[0]!, from: position - 1 }];
      await expect(models.views.apply({ ...batch, advances: elsewhere })).rejects.toThrow(SecondProjector);
      const rows = [{ table, upserts: [good, bad], removals: [] }];
      await expect(models.views.apply({ ...batch, changes: rows })).rejects.toThrow(/null|NOT NULL/i);
      expect(await dump(models)).toEqual(before);
      expect((await checkpointsOf(models)).map((row) => row.position)).toEqual(projections.map(() => position));
      await models.views.apply(batch);
      expect(await openStreams(models)).toEqual(['portfolio-b', 'portfolio-new']);
    });

    it('stops when a second projector moved the checkpoint', async () => {
      const end = await story(world);
      const first = await upTo(world, end, models);
      const before = await dump(models);
      await moveCheckpoints(models, end + 1);
      await world.portfolio('c');
      await expect(first.projector.done).rejects.toThrow(SecondProjector);
      expect(first.projector.failure()).toMatch(/another projector/);
      expect(await dump(models)).toEqual(before);
    });

    it('refuses a log that has lost events or is another one, unless the loss is accepted', async () => {
      await (await upTo(world, await story(world), models)).stop();
      const shorter = new World(new SimulatedStore({ logId: world.store.logId }));
      const end = await shorter.portfolio('only');
      await expect(project(shorter, models)).rejects.toThrow(/acknowledged events are missing.*ends at/);
      const other = new World(new SimulatedStore({ logId: 'another' }));
      await expect(project(other, models)).rejects.toThrow(/acknowledged events are missing.*another/);
      const rebuilt = await upTo(shorter, end, await database.open({ acceptLoss: true }));
      expect((await dump(models))['portfolios']).toMatchObject([{ id: 'only' }]);
      await rebuilt.stop();
    });

    it('builds a new version beside the live one and switches when it has caught up, over a restart', async () => {
      const end = await story(world);
      await (await upTo(world, end, models)).stop();
      const newer = projections.map((each) => (each.name === 'portfolios' ? louder(each) : each));
      const { version } = newer.find(({ name }) => name === 'portfolios')!;
      const names = async () => (await listPortfolios(models)).items.map((item) => item.name);
      const half = await project(world, models, { projections: newer, store: stopsAfter(world.store, 2) });
      while ((await rebuildAt()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await names()).toEqual(['b', 'a']);
      expect(half.projector.position()).toBe(end);
      await half.stop();
      const read: number[] = [];
      const rest = await upTo(world, end, models, { projections: newer, store: noting(world.store, read) });
      await rebuilt(models);
      expect(Math.min(...read)).toBe(2);
      expect(await names()).toEqual(['B', 'A']);
      const more = await world.portfolio('c');
      await rest.waitFor(more);
      expect(await names()).toEqual(['C', 'B', 'A']);
      const expected = newer.map((each) => [each.name, each.version, more] as const);
      const rows = (await checkpointsOf(models, newer)).map(
        (row) => [row.projection, row.version, row.position] as const,
      );
      expect(rows).toEqual([...expected].sort(([one], [two]) => (one < two ? -1 : 1)));
      expect(rows).toContainEqual(['portfolios', version, more]);
      await rest.stop();

      async function rebuildAt(): Promise<number> {
        return (await checkpointsOf(models)).find((row) => row.projection === `portfolios@${version}`)?.position ?? 0;
      }
    });

    it('feeds groups apart: one that stands or is taken away holds up no other', async () => {
      const [some, rest] = [projections.slice(0, 2), projections.slice(2)];
      const stands = await project(world, models, {
        projections: some,
        owner: 'p/some',
        store: stopsAfter(world.store, 2),
      });
      const goes = await project(world, models, { projections: rest, owner: 'p/rest' });
      const end = await story(world);
      await goes.waitFor(end);
      expect(await process(models, 'p')).toMatchObject({ last_status: 'completed' });
      expect(stands.projector.position()).toBeLessThan(end);
      const owners = async () => new Set((await checkpointsOf(models, some)).map((row) => row.owner));
      await moveCheckpoints(models, end + 1, rest);
      await world.portfolio('c');
      await expect(goes.projector.done).rejects.toThrow(SecondProjector);
      expect([stands.projector.failure(), [...(await owners())]]).toEqual([undefined, ['p/some']]);
      await stands.stop();
      await moveCheckpoints(models, end, rest);
      const all = await upTo(world, end + 1, models, { owner: 'p/some' });
      expect((await listPortfolios(models)).items.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
      await all.stop();
    });

    it('refuses to wait longer than told', async () => {
      const stop = new AbortController();
      const { store, decode } = world;
      const given = { store, decode, projections, signal: stop.signal, owner: 'me' };
      const projector = await startProjector({ ...given, readModels: models });
      await expect(projector.waitFor(1e9, 1)).rejects.toMatchObject({ code: 'position_timeout', status: 503 });
      stop.abort();
      await projector.done;
    });

    it('keeps its place over a restart', async () => {
      const end = await story(world);
      await (await upTo(world, end, models)).stop();
      const again = await project(world, await database.open());
      expect(again.projector.position()).toBe(end);
      await again.stop();
    });
  });
}
