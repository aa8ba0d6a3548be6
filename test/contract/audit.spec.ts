import { describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-store';
import { streamEvents, verifyStreams } from '#read-models';
import { story, World } from './read-models.fixture.js';

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
