import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changesOf, objectsIn } from './azure.js';
import { createAzure, portfolio, reaches } from './portfolios.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
  await world.settings({ pollsBeforeDone: 0, retryAfterSeconds: 0 });
}, 60_000);
afterAll(() => world?.stop());

/** A child resource is a small portfolio that names its parent. */
async function child(kind: string, name: string, facts: Record<string, unknown>): Promise<string> {
  const answer = await world.api('POST', '/api/portfolios', { name, csp: `azure.${kind}`, facts });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return answer.body.id;
}
const person = { password_recovery_email_address: "grace.o'malley@example.org" };

describe('after the portfolio', () => {
  it('applications, environments with their subscription, users and roles begin when their parents are there', async () => {
    await world.api('POST', '/api/csps/azure/pause', { reason: 'so that the children are first' });
    const id = await createAzure(world);
    const application = await child('application', 'Payroll', { portfolio_id: id, group_name: 'payroll' });
    const environment = await child('environment', 'Test', { application_id: application, group_name: 'payroll-test' });
    const user = await child('user', 'Grace', { portfolio_id: id, ...person });
    const role = await child('environment_role', 'Grace in Test', {
      environment_id: environment,
      member_id: user,
      role: 'contributor',
    });
    expect((await reaches(world, role, 'ENVIRONMENT_REQUESTED')).phase).toBe('STARTED');
    expect((await reaches(world, application, 'PORTFOLIO_REQUESTED')).phase).toBe('STARTED');
    await world.api('POST', '/api/csps/azure/continue');
    await reaches(world, id, 'COMPLETED', 40_000);
    await reaches(world, role, 'COMPLETED', 40_000);
    const environments = await portfolio(world, environment);
    expect(environments.stages.at(-1)).toMatchObject({ stage: 'SUBSCRIPTION', state: 'COMPLETED' });
    expect(environments.stages.at(-1).result.subscription_id).toMatch(/^[0-9a-f-]{36}$/);
    for (const one of [application, environment, user, role])
      expect(new Set((await changesOf(world, one)).map(({ key }) => key)).size).toBe(
        (await changesOf(world, one)).length,
      );
    const again = await child('user', 'Grace again', { portfolio_id: id, ...person });
    const found = await reaches(world, again, 'COMPLETED', 40_000);
    const first = await portfolio(world, user);
    const { user_object_id } = first.stages[1].result;
    expect(found.stages[1].result).toEqual({ user_object_id });
    expect(await changesOf(world, again)).toEqual([]);
    expect(await objectsIn(world, 'subscriptions')).toHaveLength(1);
  }, 120_000);

  it('are taken back before their parent, each in its own reverse; nothing is left behind that can be taken away', async () => {
    const id = await createAzure(world);
    const application = await child('application', 'Payroll', { portfolio_id: id, group_name: 'payroll' });
    const environment = await child('environment', 'Test', { application_id: application, group_name: 'payroll-test' });
    const user = await child('user', 'Grace', { portfolio_id: id, ...person });
    const facts = { environment_id: environment, member_id: user, role: 'owner' };
    const role = await child('environment_role', 'Grace in Test', facts);
    await reaches(world, role, 'COMPLETED', 60_000);
    await reaches(world, environment, 'COMPLETED', 60_000);
    const shown = await portfolio(world, id);
    expect(shown.children.map((one: any) => [one.id, one.csp])).toEqual([
      [application, 'azure.application'],
      [user, 'azure.user'],
    ]);
    await world.script({ kind: 'deleteManagementGroup', keyContains: environment }, { kind: 'fail', status: 403 });
    expect((await world.api('POST', `/api/portfolios/${id}/deprovision`, { reason: 'closed' })).status).toBe(202);
    await reaches(world, environment, 'MANAGEMENT_GROUP_DEPROVISION_FAILED', 60_000);
    expect(await portfolio(world, id)).toMatchObject({
      phase: 'DEPROVISIONING',
      state: 'CHILDREN_DEPROVISIONING_REQUESTED',
      stages: expect.not.arrayContaining([expect.objectContaining({ undo: expect.anything() })]),
    });
    const resume = `/api/portfolios/${environment}/stages/MANAGEMENT_GROUP/resume`;
    expect((await world.api('POST', resume, {})).status).toBe(202);
    const found = await reaches(world, id, 'DEPROVISIONED', 60_000);
    for (const one of [application, environment, user, role])
      expect((await portfolio(world, one)).state).toBe('DEPROVISIONED');
    const changes = await changesOf(world, environment);
    expect(changes.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['createSubscription', 'cancelSubscription']),
    );
    const tenant = found.stages[0].result.tenant_id as string;
    const all: any[] = await (await fetch(`${world.sandboxUrl}/azure/objects`)).json();
    const left = all.filter(({ scope }) => scope === tenant || scope.startsWith(`${tenant}/`));
    expect(left.map(({ collection }) => collection).sort()).toEqual(['directoryRoles', 'directoryRolesNames', 'users']);
    expect(found.leftOutside.map((one: any) => one.stage)).toEqual(['TENANT', 'PRODUCT_PURCHASE']);
  }, 180_000);

  it('a child of another kind is no parent', async () => {
    const other = { name: 'Other', csp: 'sandbox', facts: { owner_email: 'a@example.org' } };
    const { id } = (await world.api('POST', '/api/portfolios', other)).body;
    const odd = await child('user', 'Nobody', { portfolio_id: id, ...person });
    const failed = await reaches(world, odd, 'PORTFOLIO_FAILED');
    expect(failed.stages[0].failure).toMatchObject({ kind: 'refused', code: 'parent_of_another_kind' });
    const bad = { name: 'x', csp: 'azure.user', facts: { portfolio_id: "' or 1=1", ...person } };
    const refused = await world.api('POST', '/api/portfolios', bad);
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/facts/portfolio_id']);
  }, 40_000);

  it('a child of nothing, or of something that was given up, says so', async () => {
    const none = await child('user', 'Nobody', { portfolio_id: '00000000-0000-7000-8000-000000000000', ...person });
    const failed = await reaches(world, none, 'PORTFOLIO_FAILED');
    expect(failed.stages[0].failure).toMatchObject({ kind: 'refused', code: 'parent_not_found' });
  }, 40_000);
});
