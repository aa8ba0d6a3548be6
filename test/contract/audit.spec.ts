import { describe, expect, it } from '@jest/globals';
import { streamEvents } from '#read-models';
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
});
