import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPortfolio, expectAppliedOnce, expectProblem, facts, portfolio, reaches } from './portfolios.js';
import { until, World } from './world.js';

const TENANTS = { method: 'POST', path: '/csp/azure/tenants' };
const ADMINS = { method: 'POST', path: '/csp/azure/admin-subscriptions' };
let world: World;
beforeAll(async () => {
  world = await World.start();
}, 60_000);
afterAll(() => world?.stop());

describe('a portfolio from POST to COMPLETED', () => {
  let id: string;
  beforeAll(async () => {
    id = await createPortfolio(world);
    await reaches(world, id, 'COMPLETED');
  }, 40_000);

  it('went through all three kinds of stages', async () => {
    const found = await portfolio(world, id);
    expect(found).toMatchObject({ state: 'COMPLETED', phase: 'COMPLETED', commands: [] });
    expect(found.stages.map((s: any) => [s.stage, s.state, s.attempts])).toEqual([
      ['TENANT', 'COMPLETED', 1],
      ['BILLING_PROFILE', 'COMPLETED', 1],
      ['ADMIN_SUBSCRIPTION', 'COMPLETED', 1],
    ]);
    for (const kind of ['tenants', 'billing-profiles', 'admin-subscriptions']) await expectAppliedOnce(world, kind, 1);
  });

  it('is in the list, the dashboard and the audit trail', async () => {
    const list = await world.api('GET', '/api/portfolios?state=COMPLETED&csp=azure');
    expect(list.body.items.map((item: any) => item.id)).toContain(id);
    expect((await world.api('GET', '/api/portfolios?state=TENANT_FAILED')).body.items).toEqual([]);
    const overview = await world.api('GET', '/api/dashboards/overview');
    expect(overview.status).toBe(200);
    expect(overview.text).toContain('COMPLETED');
    const events = await world.events(`portfolio-${id}`);
    expect(events.map((event) => event.type)).toEqual([
      'PortfolioCreated',
      'PortfolioStarted',
      'StageStarted',
      'StageCompleted',
      'StageStarted',
      'ProvisioningRequested',
      'StageCompleted',
      'StageStarted',
      'ProvisioningRequested',
      'StageCompleted',
      'PortfolioCompleted',
    ]);
  });

  it('can be seen as it was, and its chain is whole', async () => {
    const then = await world.api('GET', `/api/audit/streams/portfolio-${id}/state?revision=3`);
    expect(then.status).toBe(200);
    expect(then.text).toContain('TENANT');
    expect(then.text).not.toContain('BILLING_PROFILE_COMPLETED');
    const difference = `/api/audit/streams/portfolio-${id}/difference?from_revision=2&to_revision=3`;
    const { body } = await world.api('GET', difference);
    expect(body).toMatchObject({ from: { revision: 2 }, to: { revision: 3, type: 'StageCompleted' } });
    for (const change of body.changes) expect(change).toMatchObject({ actor: 'anonymous', event: { revision: 3 } });
    expect(body.changes.length).toBeGreaterThan(0);
    const before = await world.api('GET', `/api/audit/streams/portfolio-${id}/state?at=2001-01-01T00:00:00Z`);
    expect([before.status, before.body.code]).toEqual([404, 'instant_before_start']);
    const verified = await world.api('GET', '/api/audit/verify');
    expect([verified.status, verified.body.ok]).toEqual([200, true]);
  });

  it('is attested by a signed checkpoint, which a kept copy is held against', async () => {
    const signed = await world.api('POST', '/api/audit/checkpoints');
    expect([signed.status, signed.body.text.split('\n')[0]]).toEqual([201, 'purveyor-checkpoint 1']);
    const { body } = await world.api('GET', '/api/audit/checkpoints');
    expect(body).toMatchObject({ key: signed.body.key, items: [{ signature: signed.body.signature }] });
    const verify = (text: string, more = '') =>
      world.api('GET', `/api/audit/verify?checkpoint=${encodeURIComponent(text)}${more}`);
    expect((await verify(signed.body.text)).body).toMatchObject({ ok: true, checkpoints: 2, next: null });
    const forged = await verify(signed.body.text.replace('count ', 'count 1'));
    expect([forged.status, forged.body.code]).toEqual([400, 'bad_checkpoint']);
    const part = await verify(signed.body.text, '&category=portfolio');
    expect([part.status, part.body.code]).toEqual([400, 'bad_filter']);
    const cursor = await world.api('GET', '/api/audit/verify?cursor=x');
    expect([cursor.status, cursor.body.code]).toEqual([400, 'bad_cursor']);
  });
});

describe('creating a portfolio', () => {
  it('answers 202 with Location and position, and a query waits for that position', async () => {
    const answer = await world.api('POST', '/api/portfolios', {
      name: 'A',
      csp: 'azure',
      plan_version: 1,
      facts: facts(),
    });
    expect(answer.status).toBe(202);
    const { id, position } = answer.body;
    expect(answer.headers.get('location')).toBe(`/api/portfolios/${id}`);
    expect(answer.headers.get('purveyor-position')).toBe(String(position));
    expect((await world.api('GET', `/api/portfolios/${id}?min_position=${position}`)).status).toBe(200);
  });

  it('names every fact that is missing or wrong, and refuses unknown fields', async () => {
    const { password: _password, first_name: _first, ...rest } = facts({ country_code: 'gb' });
    const bad = await world.api('POST', '/api/portfolios', { name: 'A', csp: 'azure', plan_version: 1, facts: rest });
    expectProblem(bad, 400);
    for (const field of ['password', 'first_name', 'country_code'])
      expect(bad.body.errors.map((e: any) => e.pointer)).toContain(`/facts/${field}`);
    const unknown = await world.api('POST', '/api/portfolios', {
      name: 'A',
      csp: 'azure',
      plan_version: 1,
      facts: facts(),
      colour: 1,
    });
    expectProblem(unknown, 400);
    expect(unknown.text).toContain('colour');
  });

  it('repeats its answer for the same Idempotency-Key and refuses another body', async () => {
    const body = { name: 'Same', csp: 'azure', plan_version: 1, facts: facts() };
    const headers = { 'idempotency-key': 'e2e-key-1' };
    const first = await world.api('POST', '/api/portfolios', body, headers);
    const second = await world.api('POST', '/api/portfolios', body, headers);
    expect([second.status, second.body]).toEqual([202, first.body]);
    expectProblem(await world.api('POST', '/api/portfolios', { ...body, name: 'Other' }, headers), 422);
  });

  it('pages by cursor without repeating', async () => {
    // What was created last may come into the view a moment later.
    const all = () => world.api('GET', '/api/portfolios');
    await until(all, ({ body }) => body.items.length >= 3, 10_000);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await world.api('GET', `/api/portfolios?limit=1${cursor && `&cursor=${cursor}`}`);
      expect(page.body.items).toHaveLength(1);
      seen.push(page.body.items[0].id);
      cursor = page.body.next;
    }
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('commands', () => {
  it('that do not fit are refused with the state and what would fit', async () => {
    const id = await createPortfolio(world, { advance: 'manual' });
    const path = `/api/portfolios/${id}`;
    const answer = await world.api('POST', `${path}/stages/TENANT/resume`, {});
    expectProblem(answer, 409);
    expect(answer.body.state).toBe('UNSTARTED');
    expect(answer.body.commands.map((c: any) => c.command)).toEqual(['trigger-next-transition', 'abandon']);
    expectProblem(await world.api('POST', `${path}/stages/NOWHERE/resume`, {}), 404);
    expectProblem(await world.api('GET', '/api/portfolios/00000000-0000-7000-8000-000000000000'), 404);
    expect((await world.api('POST', `${path}/abandon`, { reason: 'not needed' })).status).toBe(202);
    await until(
      () => portfolio(world, id),
      (found) => found.phase === 'ABANDONED',
    );
    expectProblem(await world.api('POST', `${path}/abandon`, { reason: 'again' }), 409);
  });

  it('advance a manual portfolio one stage each', async () => {
    const id = await createPortfolio(world, { advance: 'manual' });
    for (const state of [
      'TENANT_COMPLETED',
      'BILLING_PROFILE_COMPLETED',
      'ADMIN_SUBSCRIPTION_COMPLETED',
      'COMPLETED',
    ]) {
      const answer = await world.api('POST', `/api/portfolios/${id}/trigger-next-transition`);
      expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
      await reaches(world, id, state);
    }
    expectProblem(await world.api('POST', `/api/portfolios/${id}/trigger-next-transition`), 409);
  }, 40_000);

  it('skip a failed stage where the plan allows it', async () => {
    await world.script(ADMINS, { kind: 'fail', status: 403 });
    await world.script(TENANTS, { kind: 'delay', ms: 1 });
    const id = await createPortfolio(world);
    await reaches(world, id, 'ADMIN_SUBSCRIPTION_FAILED');
    const path = `/api/portfolios/${id}/stages`;
    expectProblem(await world.api('POST', `${path}/TENANT/skip`, { reason: 'no' }), 409);
    expectProblem(await world.api('POST', `${path}/ADMIN_SUBSCRIPTION/skip`, {}), 400);
    expect((await world.api('POST', `${path}/ADMIN_SUBSCRIPTION/skip`, { reason: 'by hand' })).status).toBe(202);
    const done = await reaches(world, id, 'COMPLETED');
    expect(done.stages[2].state).toBe('SKIPPED');
  }, 40_000);

  it('are listed by the plan, the newest unless another version is asked for', async () => {
    const newest = await world.api('GET', '/api/csps/azure/plan');
    expect([newest.body.version, newest.body.stages.length]).toEqual([2, 22]);
    expectProblem(await world.api('GET', '/api/csps/azure/plan?version=3'), 404);
    const { status, body, text } = await world.api('GET', '/api/csps/azure/plan?version=1');
    expect(status).toBe(200);
    expect(body.stages.map((s: any) => s.name)).toEqual(['TENANT', 'BILLING_PROFILE', 'ADMIN_SUBSCRIPTION']);
    for (const state of ['UNSTARTED', 'TENANT_IN_PROGRESS', 'BILLING_PROFILE_REQUESTED', 'ADMIN_SUBSCRIPTION_SKIPPED'])
      expect(text).toContain(state);
    expectProblem(await world.api('GET', '/api/csps/nowhere/plan'), 404);
  });
});
