import { describe, expect, it } from '@jest/globals';
import { UnknownEvent, type StoredEvent } from '#event-store';
import {
  groups,
  listPortfolios,
  listProcesses,
  listProjections,
  portfolio,
  process,
  projections,
  subscription,
  type ReadModels,
} from '#read-models';
import { eachWithItsOwn } from './read-models.databases.js';
import { dump, rebuilt, story, upTo, World, type Database } from './read-models.fixture.js';

/** An event that a view cannot take in hinders neither the others nor other views, and is told. */
export function parkingContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`parked events over ${name}`, () => {
    let models: ReadModels;
    let world: World;
    eachWithItsOwn(openDatabase, (own) => ({ models, world } = own));

    it('parks what it cannot read, goes on, and takes it in when the code is back', async () => {
      const end = await story(world);
      const lacking = (stored: StoredEvent) => {
        if (stored.type === 'StageFailed') throw new UnknownEvent('portfolio', stored.type, 1);
        if (stored.type === 'ProcessCompleted') throw new UnknownEvent('process', stored.type, 1);
        return world.decode(stored);
      };
      const running = await upTo(world, end, models, { decode: lacking });
      expect((await dump(models))['parked']).toMatchObject([
        { stream: 'portfolio-b', projection: 'figures', kind: 'unknown' },
        { stream: 'portfolio-b', projection: 'portfolio_children', kind: 'unknown' },
        { stream: 'portfolio-b', projection: 'portfolios', kind: 'unknown' },
        { stream: 'process-p', projection: 'figures', kind: 'unknown' },
        { stream: 'process-p', projection: 'processes', kind: 'unknown' },
      ]);
      expect(await portfolio(models, 'b')).toMatchObject({ phase: 'CONFIGURATION_ERROR' });
      expect((await listPortfolios(models)).items.map(({ phase }) => phase)).toEqual([
        'CONFIGURATION_ERROR',
        'STARTED',
      ]);
      expect(await process(models, 'p')).toMatchObject({ last_status: 'configuration_error' });
      expect((await listProcesses(models)).items).toMatchObject([{ last_status: 'configuration_error' }]);
      expect(await subscription(models, 's')).toMatchObject({ status: 'active' });
      await running.stop();
      const back = await upTo(world, end, models);
      await rebuilt(models);
      expect((await dump(models))['parked']).toEqual([]);
      expect(await portfolio(models, 'b')).toMatchObject({ state: 'TENANT_FAILED', phase: 'FAILED' });
      expect(await process(models, 'p')).toMatchObject({ last_status: 'completed' });
      await back.stop();
    });

    it('parks what misses its beginning, or cannot even be asked what it misses, and goes on', async () => {
      const renamed = (stream: string) =>
        world.append(stream, [
          { type: 'SubscriptionDescriptionChanged', data: { description: 'e', processId: 'p', time: world.time } },
        ]);
      await world.subscription('lost', 'cu', false);
      await (await upTo(world, await world.subscription('bare', 'cu', false), models)).stop();
      await models.db.deleteFrom('streams').where('id', '=', 'subscription-lost').execute();
      for (const stream of ['subscription-lost', 'subscription-bare']) await renamed(stream);
      const bare = (stored: StoredEvent) =>
        stored.stream === 'subscription-bare' ? { ...world.decode(stored), data: undefined } : world.decode(stored);
      const running = await upTo(world, await world.portfolio('c'), models, { decode: bare });
      const ofStreams = models.db.selectFrom('parked').selectAll().where('projection', '=', 'streams');
      const parked = await ofStreams.orderBy('stream').execute();
      expect(parked.map(({ stream, kind, reason }) => [stream, kind, reason])).toEqual([
        ['subscription-bare', 'failed', expect.stringContaining('undefined')],
        ['subscription-lost', 'failed', expect.stringContaining('whose beginning is not there')],
      ]);
      expect(running.projector.failure()).toBeUndefined();
      expect((await listPortfolios(models)).items.map(({ id }) => id)).toEqual(['c']);
      await running.stop();
    });

    it('tells of every view where it stands and what it could not take in', async () => {
      const end = await story(world);
      const lacking = (stored: StoredEvent) => {
        if (stored.type === 'ProcessCompleted') throw new UnknownEvent('process', stored.type, 1);
        return world.decode(stored);
      };
      await (await upTo(world, end, models, { decode: lacking })).stop();
      const statuses = await listProjections(models);
      expect(statuses).toEqual(
        projections.map(({ name, version }) => {
          const parked = ['processes', 'figures'].includes(name) ? 1 : 0;
          return { name, group: groupOf(name), version, position: end, parked, rebuild: null, kept: null };
        }),
      );
    });
  });
}

const groupOf = (name: string) =>
  groups.find(({ projections: those }) => those.some((each) => each.name === name))!.name;
