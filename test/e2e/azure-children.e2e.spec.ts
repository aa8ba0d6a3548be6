import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changesOf, objectsIn } from './azure.js';
import { createAzure, portfolio, reaches } from './portfolios.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
  await world.settings({ pollsBeforeDone: 1, retryAfterSeconds: 0 });
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
    expect(found.stages[1].result).toEqual(first.stages[1].result);
    expect(await changesOf(world, again)).toEqual([]);
    expect(await objectsIn(world, 'subscriptions')).toHaveLength(1);
  }, 120_000);

  it('a child of nothing, or of something that was given up, says so', async () => {
    const none = await child('user', 'Nobody', { portfolio_id: '00000000-0000-7000-8000-000000000000', ...person });
    const failed = await reaches(world, none, 'PORTFOLIO_FAILED');
    expect(failed.stages[0].failure).toMatchObject({ kind: 'refused', code: 'parent_not_found' });
  }, 40_000);
});
