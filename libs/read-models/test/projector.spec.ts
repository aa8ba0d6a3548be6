import { describe, expect, it } from '@jest/globals';
import { UnknownEvent, type EventStore, type StoredEvent } from '#event-store';
import { SimulatedStore } from '#testing';
import {
  listPortfolios,
  listProcesses,
  openReadModels,
  overview,
  portfolio,
  process,
  processesOf,
  SecondProjector,
  subscription,
} from '../index.js';
import { dump, moveCheckpoints, openStreams, project, story, World } from './fixture.js';

const upTo = async (world: World, position: number, given: Parameters<typeof project>[1] = {}) => {
  const running = await project(world, given);
  await running.projector.waitFor(position, 5_000);
  return running;
};

/** A store that delivers every batch twice over, each event twice in a row. */
function stutter(store: EventStore): EventStore {
  const twice = (events: readonly StoredEvent[]) => events.flatMap((event) => [event, event]);
  const other = Object.create(store) as EventStore;
  other.subscribe = async function* (options) {
    for await (const delivery of store.subscribe(options))
      yield delivery.kind === 'events' ? { ...delivery, events: twice(delivery.events) } : delivery;
  };
  return other;
}

describe('projector', () => {
  it('shows what happened', async () => {
    const world = new World();
    const { models, stop } = await upTo(world, await story(world));
    expect(await portfolio(models, 'a')).toMatchObject({ state: 'TENANT_COMPLETED', phase: 'STARTED' });
    expect(await portfolio(models, 'b')).toMatchObject({ state: 'TENANT_FAILED', phase: 'FAILED' });
    expect(await process(models, 'p')).toMatchObject({ last_status: 'completed' });
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
    expect(await overview(models, world.time)).toMatchObject({
      portfolios: { byState: { TENANT_COMPLETED: 1, TENANT_FAILED: 1 } },
      subscriptions: { byProduct: { 'User Group': 1 }, inSync: 1, outOfSync: 0 },
      oldestWaiting: { stream: 'portfolio-a' },
      failuresLastDay: { portfolios: 1, processes: 0 },
    });
    await stop();
  });

  it('gives identical tables when it follows event by event, replays from zero, or gets each event twice', async () => {
    const world = new World();
    const live = await project(world);
    const end = await story(world);
    await live.projector.waitFor(end, 5_000);
    const replayed = await upTo(world, end);
    const twice = await upTo(world, end, { store: stutter(world.store) });
    expect(await dump(replayed.models)).toEqual(await dump(live.models));
    expect(await dump(twice.models)).toEqual(await dump(live.models));
    expect((await dump(live.models))['parked']).toEqual([]);
    for (const running of [live, replayed, twice]) await running.stop();
  });

  it('changes nothing when the whole log is applied again to filled tables', async () => {
    const world = new World();
    const end = await story(world);
    const first = await upTo(world, end);
    await first.stop();
    const before = await dump(first.models);
    await moveCheckpoints(first.models, 0);
    const again = await upTo(world, end, { models: first.models });
    expect(await dump(first.models)).toEqual(before);
    await again.stop();
  });

  it('stops when a second projector moved the checkpoint', async () => {
    const world = new World();
    const end = await story(world);
    const first = await upTo(world, end);
    const before = await dump(first.models);
    await moveCheckpoints(first.models, end + 1);
    await world.portfolio('c');
    await expect(first.projector.done).rejects.toThrow(SecondProjector);
    expect(await dump(first.models)).toEqual(before);
  });

  it('refuses a log that has lost events or is another one, unless the loss is accepted', async () => {
    const world = new World();
    const running = await upTo(world, await story(world));
    await running.stop();
    const shorter = new World(new SimulatedStore({ logId: world.store.logId }));
    const end = await shorter.portfolio('only');
    const { models } = running;
    await expect(project(shorter, { models })).rejects.toThrow(/acknowledged events are missing.*ends at/);
    const other = new World(new SimulatedStore({ logId: 'another' }));
    await expect(project(other, { models })).rejects.toThrow(/acknowledged events are missing.*another/);
    const rebuilt = await upTo(shorter, end, { models: { ...models, acceptLoss: true } });
    expect((await dump(models))['portfolios']).toMatchObject([{ id: 'only' }]);
    await rebuilt.stop();
  });

  it('parks what it cannot read, goes on, and takes it in when the code is back', async () => {
    const world = new World();
    const end = await story(world);
    const lacking = (stored: StoredEvent) => {
      if (stored.type === 'StageFailed') throw new UnknownEvent('portfolio', stored.type, 1);
      if (stored.type === 'ProcessCompleted') throw new UnknownEvent('process', stored.type, 1);
      return world.decode(stored);
    };
    const running = await upTo(world, end, { decode: lacking });
    const { models } = running;
    expect((await dump(models))['parked']).toMatchObject([
      { stream: 'portfolio-b', projection: 'portfolios', kind: 'unknown' },
      { stream: 'process-p', projection: 'processes', kind: 'unknown' },
    ]);
    expect(await portfolio(models, 'b')).toMatchObject({ phase: 'CONFIGURATION_ERROR' });
    expect((await listPortfolios(models)).items.map(({ phase }) => phase)).toEqual(['CONFIGURATION_ERROR', 'STARTED']);
    expect(await process(models, 'p')).toMatchObject({ last_status: 'configuration_error' });
    expect((await listProcesses(models)).items).toMatchObject([{ last_status: 'configuration_error' }]);
    expect(await subscription(models, 's')).toMatchObject({ status: 'active' });
    await running.stop();
    const back = await upTo(world, end, { models });
    expect((await dump(models))['parked']).toEqual([]);
    expect(await portfolio(models, 'b')).toMatchObject({ state: 'TENANT_FAILED', phase: 'FAILED' });
    expect(await process(models, 'p')).toMatchObject({ last_status: 'completed' });
    await back.stop();
  });

  it('refuses to wait longer than told', async () => {
    const world = new World();
    const running = await upTo(world, await story(world));
    await expect(running.projector.waitFor(1e9, 1)).rejects.toMatchObject({ code: 'position_timeout', status: 503 });
    await running.stop();
  });

  it('keeps its place over a restart of the file', async () => {
    const models = await openReadModels({ directory: ':memory:' });
    const world = new World();
    const end = await story(world);
    await (await upTo(world, end, { models })).stop();
    const again = await project(world, { models });
    expect(again.projector.position()).toBe(end);
    await again.stop();
  });
});
