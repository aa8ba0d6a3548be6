import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import { processActions } from './processes.actions.js';
import { until, type World } from './world.js';

/** Who gets a subscription that many want at once. */
export function claimsSuite(given: () => World): void {
  const { start, reaches } = processActions(given);
  let world: World;
  beforeAll(() => {
    world = given();
  });

  let product: string;
  const group = async (group_name: string): Promise<string> => {
    const id = await start('create_user_group', [{ product }, { group_name }]);
    return (await reaches(id, 'completed')).current_state.subscription_id;
  };
  /** Said again where no answer came in time. */
  const rename = (subscription_id: string, n: number) => {
    // The directory has a name once.
    const group_name = `${subscription_id} ${n}`;
    const pages = [{ subscription_id }, { group_name }];
    const key = { 'idempotency-key': randomUUID() };
    return until(
      () => world.api('POST', '/api/processes/modify_user_group', pages, key),
      ({ status, body }) => !(status === 503 && body.code === 'outcome_unknown') && body.code !== 'request_in_flight',
    );
  };
  const released = (id: string) =>
    until(
      async () => (await world.events(`subscription-${id}`)).map(({ type }) => type),
      (types) =>
        types.filter((type) => type === 'SubscriptionClaimed').length ===
        types.filter((type) => type === 'SubscriptionReleased').length - 1,
    );
  beforeAll(async () => {
    const { body } = await world.api('GET', '/api/products');
    product = (body as { name: string; product_id: string }[]).find(({ name }) => name === 'User Group')!.product_id;
  });

  it('one gets it, the others get the reason', async () => {
    const subscription = await group('Wanted');
    // So long that nobody can come after it.
    await world.script({ path: '/scim/v2/Groups' }, { kind: 'delay', ms: 6_000 });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => rename(subscription, n)));
    const won = answers.filter(({ status }) => status === 201);
    const lost = answers.filter(({ status }) => status !== 201);
    expect([won.length, lost.length]).toEqual([1, 49]);
    for (const { status, body } of lost)
      if (status === 409) expect(body.code).toMatch(/^subscription_(claimed|not_in_sync)$/);
      else expect([status, body.validation_errors[0].msg]).toEqual([400, expect.stringMatching(/cannot be started/)]);
    await reaches(won[0]!.body.id, 'completed');
    expect((await world.api('GET', `/api/processes?filter=subscription_id,${subscription}`)).body).toHaveLength(2);
    expect((await released(subscription)).at(-1)).toBe('SubscriptionReleased');
  }, 60_000);

  it('what an aborted process leaves is brought in sync and worked on at once', async () => {
    const group_name = 'Taken';
    await group(group_name);
    const subscription_id = await group('Taking');
    const id = await start('modify_user_group', [{ subscription_id }, { group_name }]);
    await reaches(id, 'failed');
    const said = [
      await world.api('PUT', `/api/processes/${id}/abort`),
      await world.api('PUT', `/api/subscriptions/${subscription_id}/set_in_sync`),
      await rename(subscription_id, 1),
    ];
    expect(said.map(({ status }) => status)).toEqual([204, 200, 201]);
    await reaches(said.at(-1)!.body.id, 'completed');
  }, 60_000);

  it('killed in between: nobody is left with a claim of a process that does not exist', async () => {
    const subscription = await group('Killed');
    const answers = Array.from({ length: 20 }, (_, n) => rename(subscription, n).catch(() => undefined));
    await until(
      async () => (await world.events(`subscription-${subscription}`).catch(() => [])).map(({ type }) => type),
      (types) => types.includes('SubscriptionClaimed'),
      10_000,
      1,
    );
    await world.kill9Server();
    await Promise.all(answers);
    await world.restartServer();
    // Those that were on record without an answer are answered now: one after the other may get it.
    await until(
      async () => (await world.api('GET', `/api/processes?filter=subscription_id,${subscription}`)).body,
      (found: { last_status: string }[]) => found.every(({ last_status }) => last_status === 'completed'),
    );
    await released(subscription);
    const again = await until(
      () => rename(subscription, 99),
      ({ status }) => status === 201,
    );
    await reaches(again.body.id, 'completed');
    expect((await released(subscription)).at(-1)).toBe('SubscriptionReleased');
  }, 60_000);
}
