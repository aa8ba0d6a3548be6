import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPortfolio, portfolio, reaches } from './portfolios.js';
import { until, World } from './world.js';

const TENANTS = { method: 'POST', path: '/csp/azure/tenants' };
const ADMINS = { method: 'POST', path: '/csp/azure/admin-subscriptions' };
const GROUPS = { method: 'POST', path: '/scim/v2/Groups' };
let world: World;
beforeAll(async () => {
  world = await World.start();
}, 60_000);
beforeEach(() => world.clearScripts());
afterAll(() => world?.stop());

/** Entries of one portfolio's requests to a collection, by the stream in their key. */
const requestsOf = async (id: string, kind: string) =>
  (await world.ledger()).filter((entry) => entry.kind === kind && entry.key?.includes(id));

const resume = (id: string, stage: string, body: object = {}) =>
  world.api('POST', `/api/portfolios/${id}/stages/${stage}/resume`, body);

describe('what the CSP does to a request', () => {
  it('two 503 are tried again, spaced, under one key', async () => {
    await world.script(TENANTS, { kind: 'fail', status: 503 }, 2);
    const id = await createPortfolio(world);
    const done = await reaches(world, id, 'COMPLETED');
    expect(done.stages[0].attempts).toBe(3);
    const sent = await requestsOf(id, 'tenants');
    expect(sent.map((entry) => [entry.status, entry.applied])).toEqual([
      [503, false],
      [503, false],
      [200, true],
    ]);
    expect(new Set(sent.map((entry) => entry.key)).size).toBe(1);
    const planned = (await world.events(`portfolio-${id}`)).filter((event) => event.type === 'StageRetryScheduled');
    const gaps = planned.map((event) => event.data['notBefore'] - event.metadata['time']);
    expect(gaps).toHaveLength(2);
    expect(gaps[0]).toBeGreaterThanOrEqual(700);
    expect(gaps[1]).toBeGreaterThanOrEqual(1_500);
  }, 40_000);

  it.each(['lose_answer', 'cut'] as const)(
    '%s: the repeat carries the same key and the work is done once',
    async (kind) => {
      await world.script(TENANTS, { kind });
      const id = await createPortfolio(world);
      await reaches(world, id, 'COMPLETED');
      const sent = await requestsOf(id, 'tenants');
      expect(sent.length).toBeGreaterThanOrEqual(2);
      expect(new Set(sent.map((entry) => entry.key)).size).toBe(1);
      expect(sent.filter((entry) => entry.applied)).toHaveLength(1);
    },
    40_000,
  );

  it('garbage is a typed failure, and a resume goes on', async () => {
    await world.script(TENANTS, { kind: 'garbage', shape: 'json' });
    const id = await createPortfolio(world);
    const failed = await reaches(world, id, 'TENANT_FAILED');
    expect(failed).toMatchObject({ phase: 'FAILED', stages: [{ failure: { kind: 'invalid_result' } }, {}, {}] });
    expect((await resume(id, 'TENANT')).status).toBe(202);
    await reaches(world, id, 'COMPLETED');
  }, 40_000);

  it('a 4xx is a typed failure with code and message, and a resume may correct the input', async () => {
    const body = { error: { code: 'DomainTaken', message: 'the domain is taken' } };
    await world.script(TENANTS, { kind: 'fail', status: 400, body });
    const id = await createPortfolio(world);
    const failed = await reaches(world, id, 'TENANT_FAILED');
    expect(failed.stages[0].failure).toMatchObject({ kind: 'refused', code: 'DomainTaken' });
    expect(failed.stages[0].failure.message).toContain('the domain is taken');
    const domain_name = `c${Date.now()}`;
    expect((await resume(id, 'TENANT', { input: { domain_name } })).status).toBe(202);
    const done = await reaches(world, id, 'COMPLETED');
    expect(done.stages[0].result.domain_name).toBe(domain_name);
    expect(new Set((await requestsOf(id, 'tenants')).map((entry) => entry.key)).size).toBe(2);
  }, 40_000);
});

describe('callbacks', () => {
  it.each(['twice', 'early'] as const)(
    '%s: the stage completes once',
    async (mode) => {
      await world.script(ADMINS, { kind: 'callback', mode });
      const id = await createPortfolio(world);
      await reaches(world, id, 'COMPLETED');
      const completed = (await world.events(`portfolio-${id}`)).filter((event) => event.type === 'StageCompleted');
      expect(completed).toHaveLength(3);
      expect((await requestsOf(id, 'admin-subscriptions')).filter((entry) => entry.applied)).toHaveLength(1);
      expect(await portfolio(world, id)).toMatchObject({ phase: 'COMPLETED' });
    },
    40_000,
  );
});

describe('the directory', () => {
  it('a lost answer finds the group instead of creating a second one', async () => {
    await world.script(GROUPS, { kind: 'lose_answer' });
    const products = await world.api('GET', '/api/products');
    const product = (products.body.items ?? products.body)[0].product_id;
    const started = await world.api('POST', '/api/processes/create_user_group', [{ product }, { group_name: 'Lost' }]);
    expect(started.status).toBe(201);
    const done = await until(
      async () => (await world.api('GET', `/api/processes/${started.body.id}`)).body,
      (found) => found?.last_status === 'completed',
    );
    const groups = (await world.groups()).filter((group) => group.displayName === 'Lost');
    expect(groups.map((group) => group.id)).toEqual([done.current_state.group_id]);
    expect((await world.ledger()).filter((entry) => entry.kind === 'Groups' && entry.applied)).toHaveLength(1);
  }, 40_000);
});
