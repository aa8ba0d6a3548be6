import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOperation, need, becomes } from './operations.js';
import { createPortfolio, expectProblem, reaches } from './portfolios.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ PURVEYOR_DEFAULT_SCHEDULES: 'on' });
}, 60_000);
afterAll(() => world?.stop());

const explained = async (stream: string): Promise<any> => {
  const answer = await world.api('GET', `/api/explain/${stream}`);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.body;
};

/** What the detail of an instance says of the same. */
const inDetail = async (path: string): Promise<unknown> => (await world.api('GET', path)).body.explanation;

describe('GET /api/explain/{stream}', () => {
  it('of a portfolio whose stage failed names the stage, its answer and commands that work', async () => {
    await world.script({ method: 'POST', path: '/csp/azure/tenants' }, { kind: 'fail', status: 400 });
    const id = await createPortfolio(world);
    await reaches(world, id, 'TENANT_FAILED');
    const found = await explained(`portfolio-${id}`);
    expect(found).toMatchObject({ state: 'FAILED', open: true });
    expect(await inDetail(`/api/portfolios/${id}`)).toEqual(found);
    expect(found.waits).toMatchObject([{ for: 'operator', step: 'TENANT', on: 'people', due: null }]);
    expect(found.tries).toMatchObject([{ step: 'TENANT', attempts: 1, answers: [{ failure: { kind: 'refused' } }] }]);
    const { method, url } = found.commands.find((each: any) => each.command === 'resume');
    expect((await world.api(method, url, {})).status).toBe(202);
    await reaches(world, id, 'COMPLETED');
    expect(await explained(`portfolio-${id}`)).toMatchObject({ state: 'COMPLETED', open: false, waits: [] });
    expect(await inDetail(`/api/portfolios/${id}`)).toBeNull();
  }, 40_000);

  it('of a portfolio that goes on by hand waits for a person', async () => {
    const id = await createPortfolio(world, { advance: 'manual' });
    const before = await explained(`portfolio-${id}`);
    expect(before.waits).toMatchObject([{ on: 'people' }]);
    expect(before.commands.map((each: any) => each.command)).toContain('trigger-next-transition');
  });

  it('of an operation that nobody provides names the need', async () => {
    const id = await createOperation(world, [{ id: 'a', type: 'ghost' }], { onFailure: 'leave' });
    await becomes(world, id, 'PROVISIONING_FAILED');
    const found = await explained(`operation-${id}`);
    expect(found.waits).toMatchObject([{ for: 'operator', step: 'a/provision' }]);
    expect(found.commands.map((each: any) => each.url)).toContain(`/api/operations/${id}/retry`);
    expect(await inDetail(`/api/operations/${id}`)).toEqual(found);
  });

  it('of an operation at a provisioner that calls back says until when', async () => {
    await world.settings({ callbackDelayMs: 60_000 });
    const id = await createOperation(world, [need('a', 'callback')]);
    await becomes(world, id, 'PROVISIONING_REQUESTED');
    const [waits] = (await explained(`operation-${id}`)).waits.filter((each: any) => each.for === 'answer');
    expect(waits).toMatchObject({ step: 'a/provision', on: 'outside' });
    expect(waits.due).toBeGreaterThan(waits.since);
  });

  it('of the next instant of a schedule says when it comes', async () => {
    const [{ stream }] = (await world.api('GET', '/api/audit/streams?category=occurrence&limit=1')).body.items;
    const found = await explained(stream);
    expect(found).toMatchObject({ state: 'planned', open: true, waits: [{ for: 'planned', step: 'fire' }] });
    expect(found.waits[0].due).toBeGreaterThan(found.waits[0].since);
  });

  it('of no stream is 404', async () => {
    expectProblem(await world.api('GET', '/api/explain/portfolio-none'), 404, 'not_found');
    expectProblem(await world.api('GET', '/api/explain/nothing'), 404, 'not_found');
  });
});
