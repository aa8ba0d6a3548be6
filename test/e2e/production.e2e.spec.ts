import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { flows } from './crash-flows.js';
import { Production } from './production.world.js';

let world: Production | undefined;
beforeAll(async () => {
  world = await Production.start({ members: { api: 2, worker: 3, projector: 2 } });
}, 120_000);
afterAll(() => world?.stop(), 60_000);

describe('smoke', () => {
  it('runs one of each', async () => {
    const began = Date.now();
    const { body } = await flows.portfolio.start(world as never, 'one');
    await flows.portfolio.ended(world as never, body.id);
    console.log('portfolio', Date.now() - began);
    const t2 = Date.now();
    const g = await flows.create_user_group.start(world as never, 'two');
    expect(g.status).toBe(201);
    await flows.create_user_group.ended(world as never, g.body.id);
    console.log('group', Date.now() - t2);
    for (const name of world!.names()) console.log(name, (await world!.readyz(name)).text, world!.member(name).log.slice(-1500));
  }, 60_000);
});
