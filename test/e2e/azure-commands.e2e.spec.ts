import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changesOf } from './azure.js';
import {
  createAzure,
  createPortfolio,
  expectProblem,
  fundedFacts,
  portfolio,
  reaches,
  taskOrder,
} from './portfolios.js';
import { until, World } from './world.js';

let world: World;
/** Refused at its third stage, so that stages before, at and behind the place can be named. */
let failed: string;
beforeAll(async () => {
  world = await World.start();
  await world.settings({ pollsBeforeDone: 0, retryAfterSeconds: 0, callbackDelayMs: 50 });
  await world.script({ kind: 'createBillingRoleAssignment' }, { kind: 'fail', status: 403 });
  failed = await createAzure(world);
  await reaches(world, failed, 'BILLING_PROFILE_TENANT_ACCESS_FAILED');
}, 90_000);
afterAll(() => world?.stop());

const post = (id: string, path: string, body: unknown = {}) => world.api('POST', `/api/portfolios/${id}/${path}`, body);
const AT = 'stages/BILLING_PROFILE_TENANT_ACCESS';

describe('a command with bad input is refused with a code and a pointer, and nothing happens', () => {
  it.each<[string, unknown, number, string, string?]>([
    [`${AT}/resume`, { input: 5 }, 400, 'validation_failed', '/input'],
    [`${AT}/resume`, { input: { odd: 1 } }, 400, 'validation_failed', '/input/odd'],
    [`${AT}/resume`, { input: { user_object_id: '' } }, 400, 'validation_failed', '/input/user_object_id'],
    [`${AT}/resume`, { input: { user_object_id: null } }, 400, 'validation_failed', '/input/user_object_id'],
    [`${AT}/resume`, { odd: 1 }, 400, 'validation_failed', '/odd'],
    ['stages/TENANT/resume', {}, 409, 'state_conflict'],
    ['stages/POLICIES/resume', {}, 409, 'state_conflict'],
    ['stages/NOWHERE/resume', {}, 404, 'stage_not_found'],
    ['stages/__proto__/resume', {}, 404, 'stage_not_found'],
    [`${AT}/skip`, { reason: 'not needed' }, 409, 'stage_not_skippable'],
    [`${AT}/skip`, {}, 400, 'validation_failed', '/reason'],
    [`${AT}/retry-from`, { reason: 'r' }, 409, 'state_conflict'],
    ['stages/POLICIES/retry-from', { reason: 'r' }, 409, 'state_conflict'],
    ['stages/TENANT/retry-from', { reason: 'r' }, 409, 'stage_behind_barrier'],
    ['stages/BILLING_PROFILE_CREATION/retry-from', {}, 400, 'validation_failed', '/reason'],
    ['stages/BILLING_PROFILE_CREATION/retry-from', { reason: ' ' }, 400, 'validation_failed', '/reason'],
    ['stages/NOWHERE/retry-from', { reason: 'r' }, 404, 'stage_not_found'],
    ['pause', {}, 400, 'validation_failed', '/reason'],
    ['pause', { reason: '\t' }, 400, 'validation_failed', '/reason'],
    ['pause', { reason: 'x'.repeat(1_001) }, 400, 'validation_failed', '/reason'],
    ['abandon', { reason: ' ' }, 400, 'validation_failed', '/reason'],
    ['abandon', { reason: ['r'] }, 400, 'validation_failed', '/reason'],
    ['deprovision', {}, 400, 'validation_failed', '/reason'],
    ['deprovision', { reason: '' }, 400, 'validation_failed', '/reason'],
    ['deprovision', { reason: 'r', force: true }, 400, 'validation_failed', '/force'],
    ['trigger-next-transition', undefined, 409, 'state_conflict'],
  ])('%s with %j', async (path, body, status, code, ...[pointer]) => {
    const before = (await world.events(`portfolio-${failed}`)).length;
    const refused = await post(failed, path, body);
    expectProblem(refused, status, code);
    if (pointer) expect(refused.body.errors.map((one: any) => one.pointer)).toContain(pointer);
    if (code === 'state_conflict') expect(refused.body.commands.length).toBeGreaterThan(0);
    expect(await world.events(`portfolio-${failed}`)).toHaveLength(before);
  });

  it.each(['pause', 'continue', 'abandon', 'deprovision', 'stages/TENANT/retry-from'])('%s of nobody', async (path) => {
    const nobody = '00000000-0000-7000-8000-000000000000';
    const body = path === 'continue' ? undefined : { reason: 'r' };
    expectProblem(await post(nobody, path, body), 404, 'portfolio_not_found');
  });

  it.each([
    ['pause', { reason: 'r' }],
    ['continue', undefined],
  ])('%s of a CSP that is not there', async (command, body) => {
    expectProblem(await world.api('POST', `/api/csps/nowhere/${command}`, body), 404, 'unknown_csp');
  });
});

describe('facts that cannot be', () => {
  const orders = (clin: Record<string, unknown>) => ({ task_orders: [taskOrder(clin)] });
  const at = '/facts/task_orders/0';

  it.each<[string, Record<string, unknown>, string]>([
    ['dates reversed', orders({ start_date: '2030-01-02', end_date: '2030-01-01' }), `${at}/clins/0/end_date`],
    ['a day that is none', orders({ start_date: '2026-02-30' }), `${at}/clins/0/start_date`],
    ['a negative amount', orders({ obligated_amount: -1 }), `${at}/clins/0/obligated_amount`],
    ['an amount that is a text', orders({ obligated_amount: '5' }), `${at}/clins/0/obligated_amount`],
    ['a CLIN type that is none', orders({ type: '9' }), `${at}/clins/0/type`],
    ['two orders of one number', { task_orders: [taskOrder(), taskOrder()] }, '/facts/task_orders/1/number'],
    ['too many orders', { task_orders: Array.from({ length: 101 }, () => taskOrder()) }, '/facts/task_orders'],
    ['a domain in another script', { domain_name: 'домен' }, '/facts/domain_name'],
    ['an address that is none', { password_recovery_email_address: 'ada' }, '/facts/password_recovery_email_address'],
    ['a short password', { password: 'x' }, '/facts/password'],
    ['a name that is too long', { first_name: 'x'.repeat(201) }, '/facts/first_name'],
    ['an unknown fact', { odd: 1 }, '/facts/odd'],
    ['too many licences', { premium_licences: 10_001 }, '/facts/premium_licences'],
  ])('%s', async (_name, more, pointer) => {
    const body = { name: 'Bad', csp: 'azure', plan_version: 2, facts: fundedFacts(more) };
    const refused = await world.api('POST', '/api/portfolios', body);
    expectProblem(refused, 400, 'validation_failed');
    expect(refused.body.errors.map((one: any) => one.pointer)).toContain(pointer);
    const amended = await world.api('PATCH', `/api/portfolios/${failed}/facts`, { facts: more });
    expectProblem(amended, 400, 'validation_failed');
  });

  it('an amount beyond all numbers', async () => {
    const text = JSON.stringify({ name: 'Bad', csp: 'azure', plan_version: 2, facts: fundedFacts() });
    const refused = await world.send('POST', '/api/portfolios', text.replace('1000', '1e400'), {
      'content-type': 'application/json',
    });
    expectProblem(refused, 400, 'validation_failed');
    expect(refused.body.errors[0].pointer).toBe(`${at}/clins/0/obligated_amount`);
  });

  it('a person of another script is none of them', async () => {
    const names = { first_name: 'Ada 🦉', last_name: "O'Ńāmé", billing_profile_display_name: '財務 "α"' };
    const id = await createAzure(world, { name: 'Motor №1', facts: fundedFacts(names) });
    expect((await reaches(world, id, 'COMPLETED')).name).toBe('Motor №1');
  }, 60_000);
});

describe('a stage that failed', () => {
  it('is resumed with corrected input under another key, which the CSP is given', async () => {
    const taken = fundedFacts();
    await reaches(world, await createAzure(world, { facts: taken }), 'COMPLETED');
    const id = await createAzure(world, { facts: taken });
    const found = await reaches(world, id, 'TENANT_FAILED');
    expect(found.stages[0].failure).toMatchObject({ kind: 'refused', code: 'DomainNameTaken' });
    const input = { domain_name: `${String(taken['domain_name'])}2` };
    expect((await post(id, 'stages/TENANT/resume', { input })).status).toBe(202);
    const done = await reaches(world, id, 'COMPLETED');
    expect(done.stages[0].result.domain_name).toBe(input.domain_name);
    const [first] = await changesOf(world, id);
    expect(first!.key).toBe(`portfolio-${id}/TENANT/2`);
  }, 90_000);

  it('is passed over where the plan allows it, with the reason in the log', async () => {
    await world.script({ kind: 'admin-subscriptions' }, { kind: 'fail', status: 400 });
    const id = await createPortfolio(world);
    await reaches(world, id, 'ADMIN_SUBSCRIPTION_FAILED');
    const path = 'stages/ADMIN_SUBSCRIPTION/skip';
    const odd = await post(id, path, { reason: 'by hand', result: { subscription_id: 's', secret: 'x' } });
    expectProblem(odd, 400, 'validation_failed');
    expect((await post(id, path, { reason: 'by hand' })).status).toBe(202);
    expect((await reaches(world, id, 'COMPLETED')).stages[2].state).toBe('SKIPPED');
    expect((await world.events(`portfolio-${id}`)).find(({ type }) => type === 'StageSkipped')!.data).toMatchObject({
      reason: 'by hand',
    });
  }, 60_000);

  it('that was done before and is set back keeps what it had: the operator goes on with it', async () => {
    await world.script({ kind: 'createServicePrincipal' }, { kind: 'fail', status: 403 });
    const id = await createAzure(world);
    await reaches(world, id, 'TENANT_PRINCIPAL_FAILED');
    const app = 'stages/TENANT_PRINCIPAL_APP';
    expect((await post(id, `${app}/retry-from`, { reason: 'was it there?' })).status).toBe(202);
    const again = await reaches(world, id, 'TENANT_PRINCIPAL_APP_FAILED');
    expect(again.stages[9].failure).toMatchObject({ kind: 'refused', status: 409 });
    expect(again.commands).toContainEqual({ command: 'skip', stage: 'TENANT_PRINCIPAL_APP' });
    expect((await post(id, `${app}/skip`, { reason: 'it was there' })).status).toBe(202);
    await reaches(world, id, 'COMPLETED');
    await post(id, 'deprovision', { reason: 'closed' });
    await reaches(world, id, 'DEPROVISIONED');
    const kinds = (await changesOf(world, id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'createApplication')).toHaveLength(1);
    expect(kinds).toContain('deleteApplication');
  }, 90_000);
});

describe('a portfolio that is over', () => {
  it('takes no command but those it lists', async () => {
    await post(failed, 'abandon', { reason: 'enough' });
    const found = await until(
      () => portfolio(world, failed),
      ({ phase }) => phase === 'ABANDONED',
    );
    expect(found.commands).toEqual([{ command: 'deprovision' }]);
    for (const path of ['pause', 'continue', `${AT}/resume`])
      expectProblem(await post(failed, path, path === 'pause' ? { reason: 'r' } : {}), 409, 'state_conflict');
  });
});
