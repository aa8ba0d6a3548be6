import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPortfolio, expectProblem, portfolio, reaches } from './portfolios.js';
import { until, World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
  await world.settings({ pollsBeforeDone: 0, retryAfterSeconds: 0 });
}, 60_000);
afterAll(() => world?.stop());

let names = 0;
async function onVersion1(more: Record<string, unknown> = {}): Promise<string> {
  const body = { name: `Mover ${++names}`, csp: 'sandbox', plan_version: 1, facts: { owner_email: 'ada@example.org' } };
  return (await world.api('POST', '/api/portfolios', { ...body, ...more })).body.id;
}
const migrate = (id: string, body: object = { plan_version: 2, reason: 'an environment for tests' }) =>
  world.api('POST', `/api/portfolios/${id}/migrate`, body);
const trigger = (id: string) => world.api('POST', `/api/portfolios/${id}/trigger-next-transition`);
const judged = async (id: string): Promise<any> =>
  until(
    async () => (await world.api('GET', '/api/csps/sandbox/migration?to=2&limit=500')).body,
    ({ items }) => items.some((one: any) => one.id === id),
  ).then(({ items }) => items.find((one: any) => one.id === id));

describe('a portfolio on an older version of its plan', () => {
  it('finishes on it when nobody says otherwise, and then stays there', async () => {
    const id = await onVersion1();
    const found = await reaches(world, id, 'COMPLETED');
    expect(found.plan).toMatchObject({ version: 1, stages: ['ACCOUNT', 'ENVIRONMENT'] });
    expect(await judged(id)).toMatchObject({ version: 1, movable: false, reason: { code: 'portfolio_over' } });
    expectProblem(await migrate(id), 409, 'plan_migration_refused');
  }, 40_000);

  it('is moved between two stages, and goes on with what it has', async () => {
    const id = await onVersion1({ advance: 'manual' });
    await trigger(id);
    await trigger(id);
    await reaches(world, id, 'ACCOUNT_COMPLETED');
    expect(await judged(id)).toMatchObject({ movable: true, reason: null });
    expect((await migrate(id)).status).toBe(202);
    const found = await until(
      () => portfolio(world, id),
      ({ plan }) => plan.version === 2,
    );
    expect(found.plan.stages).toEqual(['ACCOUNT', 'PRODUCTION', 'TEST']);
    expect(found).toMatchObject({ state: 'ACCOUNT_COMPLETED', stages: [{ state: 'COMPLETED' }, {}, {}] });
    expect((await migrate(id)).status).toBe(202);
    for (const state of ['PRODUCTION_COMPLETED', 'TEST_COMPLETED', 'COMPLETED']) {
      await trigger(id);
      await reaches(world, id, state);
    }
    expect((await world.events(`portfolio-${id}`)).filter(({ type }) => type === 'PlanMigrated')).toHaveLength(1);
  }, 40_000);

  it('is moved where it failed, and resumes under the new name with a key of its own', async () => {
    await world.script({ kind: 'putEnvironment' }, { kind: 'fail', status: 403 });
    const id = await onVersion1();
    await reaches(world, id, 'ENVIRONMENT_FAILED');
    expect((await migrate(id)).status).toBe(202);
    await reaches(world, id, 'PRODUCTION_FAILED');
    await world.restartServer();
    expect((await world.api('POST', `/api/portfolios/${id}/stages/PRODUCTION/resume`, {})).status).toBe(202);
    await reaches(world, id, 'COMPLETED');
    const puts = (await world.ledger()).filter(({ kind, key }) => kind === 'putEnvironment' && key?.includes(id));
    expect(puts.map(({ key, applied }) => [key, applied])).toEqual([
      [`portfolio-${id}/ENVIRONMENT/1`, false],
      [`portfolio-${id}/PRODUCTION/2`, true],
      [`portfolio-${id}/TEST/1`, true],
    ]);
    expect((await world.api('GET', '/api/audit/verify')).body.ok).toBe(true);
  }, 60_000);

  it('stays where the map does not cover it, and the answer says why', async () => {
    await world.script({ kind: 'createAccount' }, { kind: 'poll', times: -1 });
    const id = await onVersion1({ facts: { owner_email: 'ada@example.org', environment: 'staging' } });
    await reaches(world, id, 'ACCOUNT_REQUESTED');
    const refused = await migrate(id);
    expectProblem(refused, 409, 'plan_migration_refused');
    expect(refused.body.reason).toMatchObject({ code: 'under_way', message: expect.stringContaining('ACCOUNT') });
    expect(await judged(id)).toMatchObject({ movable: false, reason: refused.body.reason });
    const named = await onVersion1({ advance: 'manual', facts: { owner_email: 'a@example.org', environment: 'own' } });
    expect((await migrate(named)).body.reason).toMatchObject({ code: 'facts_misfit' });
  }, 40_000);

  it('of Azure comes over when nothing has begun, with secrets of its own; what has begun stays', async () => {
    const id = await createPortfolio(world, { advance: 'manual' });
    expect((await migrate(id, { plan_version: 2, reason: 'all of it' })).status).toBe(202);
    const [event] = (await world.events(`portfolio-${id}`)).filter(({ type }) => type === 'PlanMigrated');
    expect(event!.data['facts']).toMatchObject({ new_password: `vault:portfolio-${id}/facts/new_password#1` });
    expect(event!.data['facts']).not.toHaveProperty('password');
    expectProblem(await trigger(id), 409, 'portfolio_not_eligible');
    const begun = await createPortfolio(world);
    await reaches(world, begun, 'COMPLETED');
    expect((await migrate(begun, { plan_version: 2, reason: 'r' })).body.reason.code).toBe('portfolio_over');
  }, 40_000);
});

describe('bad input', () => {
  it.each<[object, number, string]>([
    [{ reason: 'r' }, 400, '/plan_version'],
    [{ plan_version: '2', reason: 'r' }, 400, '/plan_version'],
    [{ plan_version: 0, reason: 'r' }, 400, '/plan_version'],
    [{ plan_version: 1.5, reason: 'r' }, 400, '/plan_version'],
    [{ plan_version: 99, reason: 'r' }, 400, '/plan_version'],
    [{ plan_version: 2 }, 400, '/reason'],
    [{ plan_version: 2, reason: ' ' }, 400, '/reason'],
    [{ plan_version: 2, reason: 'r', facts: [] }, 400, '/facts'],
    [{ plan_version: 2, reason: 'r', odd: 1 }, 400, '/odd'],
  ])('%j is refused', async (body, status, pointer) => {
    const id = await onVersion1({ advance: 'manual' });
    const refused = await migrate(id, body);
    expectProblem(refused, status, 'validation_failed');
    expect(refused.body.errors.map((one: any) => one.pointer)).toContain(pointer);
  });

  it('of somebody or something that is not there', async () => {
    expectProblem(await migrate('00000000-0000-7000-8000-000000000000'), 404, 'portfolio_not_found');
    expectProblem(await world.api('GET', '/api/csps/nowhere/migration'), 404, 'unknown_csp');
    expectProblem(await world.api('GET', '/api/csps/sandbox/migration?to=9'), 404, 'unknown_csp');
    expectProblem(await world.api('GET', '/api/csps/sandbox/migration?to=x'), 400, 'validation_failed');
    expect((await world.api('GET', '/api/csps/sandbox/migration')).body).toMatchObject({ to: 2 });
  });
});
