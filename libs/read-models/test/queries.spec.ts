import { describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-store';
import { listPortfolios, listProcesses, listSubscriptions, streamEvents, verifyStreams } from '../index.js';
import { project, started, story, World } from './fixture.js';

describe('lists', () => {
  it('pages neither skip nor repeat while rows come and change', async () => {
    const world = new World();
    const { models, projector, stop } = await project(world);
    const ids = Array.from({ length: 25 }, (_, i) => `p${i}`);
    let end = 0;
    for (const id of ids) end = await world.portfolio(id);
    await projector.waitFor(end, 5_000);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let round = 0; ; round++) {
      const page = await listPortfolios(models, { limit: 4, cursor });
      seen.push(...page.items.map((item) => item.id));
      if (page.next === null) break;
      cursor = page.next;
      await world.portfolio(`new${round}`);
      await projector.waitFor(await world.stage(`p${round}`, 'StageStarted', started), 5_000);
    }
    expect(seen).toEqual([...ids].reverse());
    await stop();
  });

  it('filter, sort and refuse what they do not know', async () => {
    const world = new World();
    const { models, projector, stop } = await project(world);
    await projector.waitFor(await story(world), 5_000);
    expect((await listPortfolios(models, { state: 'TENANT_FAILED' })).items).toMatchObject([{ id: 'b' }]);
    const filter = [{ field: 'last_status', value: 'failed|completed' }];
    expect(await listProcesses(models, { filter, sort: [{ field: 'started_at', direction: 'asc' }] })).toMatchObject({
      total: 1,
      items: [{ process_id: 'p', steps: null }],
    });
    expect(await listSubscriptions(models, { product: 'User Group', insync: true })).toMatchObject({
      total: 1,
      next: null,
    });
    await expect(listSubscriptions(models, { cursor: 'MTox' })).resolves.toMatchObject({ items: [], total: 1 });
    expect((await listSubscriptions(models, { status: 'terminated' })).items).toEqual([]);
    const odd = [{ field: 'doc', value: 'x' }];
    await expect(listProcesses(models, { filter: odd })).rejects.toMatchObject({ code: 'bad_filter', status: 400 });
    await expect(listPortfolios(models, { cursor: '!' })).rejects.toMatchObject({ code: 'bad_cursor' });
    await stop();
  });
});

describe('audit', () => {
  it('reads a stream by page in both directions', async () => {
    const world = new World();
    await story(world);
    const page = await streamEvents(world.store, world.decode, 'portfolio-a', { limit: 2 });
    expect(page).toMatchObject({ items: [{ type: 'PortfolioCreated', metadata: { actor: 'someone' } }, {}], next: 2 });
    const back = await streamEvents(world.store, world.decode, 'portfolio-a', { direction: 'backwards', from: 1 });
    expect(back.items.map((event) => event.revision)).toEqual([1, 0]);
    expect(back.next).toBeNull();
  });

  it('verifies the chains and names the first bad event', async () => {
    const world = new World();
    await story(world);
    expect(await verifyStreams(world.store)).toMatchObject({ ok: true, streams: 4 });
    expect(await verifyStreams(world.store, { stream: 'portfolio-a' })).toEqual({ ok: true, streams: 1, events: 3 });
    const forged = Object.create(world.store) as EventStore;
    forged.readAll = async (options) => {
      const page = await world.store.readAll(options);
      const forge = (text: string) => text.replace('"u"', '"v"');
      return { ...page, events: page.events.map((event) => ({ ...event, data: forge(event.data) })) };
    };
    expect(await verifyStreams(forged, { category: 'portfolio' })).toMatchObject({
      ok: false,
      firstBad: { stream: 'portfolio-a', revision: 2 },
    });
  });
});
