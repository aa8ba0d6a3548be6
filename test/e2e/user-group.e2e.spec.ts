import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until, World, type Answer } from './world.js';

const START = '/api/processes/create_user_group';
const STEPS = [
  'init',
  'create_subscription',
  'store_process_subscription',
  'initialize_subscription',
  'provision_user_group',
  'set_status',
  'resync',
  'done',
];
let world: World;
let product: string;
beforeAll(async () => {
  world = await World.start();
  const products = await world.api('GET', '/api/products');
  product = (products.body.items ?? products.body)[0].product_id;
}, 60_000);
afterAll(() => world?.stop());

describe('the form', () => {
  it('answers 510 with the next page until it is complete', async () => {
    const first = await world.api('POST', START, []);
    expect([first.status, Object.keys(first.body.form.properties)]).toEqual([510, ['product']]);
    const second = await world.api('POST', START, [{ product }]);
    expect([second.status, Object.keys(second.body.form.properties)]).toEqual([510, ['group_name', 'customer_id']]);
  });

  it('answers 400 and names the field that is missing', async () => {
    const { status, body } = await world.api('POST', START, [{ product }, {}]);
    expect(status).toBe(400);
    expect(body.validation_errors).toEqual([
      expect.objectContaining({ loc: ['group_name'], msg: expect.stringMatching(/./) }),
    ]);
    expect((await world.api('GET', '/api/processes')).body).toEqual([]);
  });

  it('of an unknown workflow is a 404 problem', async () => {
    const { status, headers } = await world.api('POST', '/api/processes/no_such_workflow', []);
    expect([status, headers.get('content-type')]).toEqual([404, expect.stringMatching(/^application\/problem\+json/)]);
  });
});

describe('a complete form', () => {
  let id: string;
  let process: any;
  let subscriptionId: string;
  let answer: Answer;
  const start = (group_name: string) =>
    world.api('POST', START, [{ product }, { group_name }], { 'idempotency-key': 'engineers' });
  beforeAll(async () => {
    answer = await start('Engineers');
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    id = answer.body.id;
    const position = answer.headers.get('purveyor-position');
    const seen = await world.api('GET', `/api/processes/${id}?min_position=${position}`);
    expect([Number(position) > 0, seen.status]).toEqual([true, 200]);
    process = await until(
      async () => (await world.api('GET', `/api/processes/${id}`)).body,
      (found) => found?.last_status === 'completed',
    );
    subscriptionId = process.current_state.subscription_id;
  }, 40_000);

  it('is answered as before when it is sent again, and refused with another name', async () => {
    const again = await start('Engineers');
    const told = ({ status, body, headers }: Answer) => [status, body, headers.get('purveyor-position')];
    expect(told(again)).toEqual(told(answer));
    expect((await start('Others')).status).toBe(422);
  });

  it('runs every step, by key and name', () => {
    expect(process.steps.map((step: any) => step.key)).toEqual(STEPS);
    expect(process.steps.every((step: any) => step.status === 'success' || step.status === 'complete')).toBe(true);
    expect(process.steps[1].name).toBe('Create subscription');
    expect(process.steps[1].state).toMatchObject({ subscription_id: subscriptionId, subscription: expect.anything() });
  });

  it('ends with an active, in-sync subscription whose group is the one in the directory', async () => {
    const { body } = await world.api('GET', `/api/subscriptions/${subscriptionId}`);
    expect(body).toMatchObject({ status: 'active', insync: true, description: 'User Group Engineers' });
    const groups = await world.groups();
    expect(groups.map((group) => group.displayName)).toEqual(['Engineers']);
    const model = await world.api('GET', `/api/subscriptions/domain-model/${subscriptionId}`);
    expect(model.body).toMatchObject({ user_group: { group_name: 'Engineers', group_id: groups[0]?.id } });
  });

  it('is found by the lists and their filters', async () => {
    const of = async (query: string) =>
      (await world.api('GET', `/api/subscriptions?${query}`)).body.map((item: any) => item.subscription_id);
    for (const query of ['status=active', 'insync=true', `product=${product}`])
      expect([query, await of(query)]).toEqual([query, [subscriptionId]]);
    for (const query of ['status=terminated', 'insync=false', 'customer=nobody'])
      expect([query, await of(query)]).toEqual([query, []]);
    const processes = await world.api('GET', '/api/processes');
    expect(processes.body.map((item: any) => item.process_id)).toEqual([id]);
  });

  it('leaves a trail, an action list, counts and an audit stream', async () => {
    const detail = await world.api('GET', `/api/subscriptions/${subscriptionId}`);
    expect(detail.text).toContain(id);
    expect((await world.api('GET', `/api/subscriptions/workflows/${subscriptionId}`)).status).toBe(200);
    const overview = (await world.api('GET', '/api/dashboards/overview')).body;
    expect(overview).toMatchObject({
      processes: { byStatus: { completed: 1 } },
      subscriptions: { byStatus: { active: 1 }, inSync: 1, outOfSync: 0 },
    });
    const types = (await world.events(`subscription-${subscriptionId}`)).map((event) => event.type);
    expect(types).toEqual(expect.arrayContaining(['SubscriptionCreated', 'SubscriptionActivated', 'Resynced']));
    expect((await world.api('GET', '/api/audit/verify')).body.ok).toBe(true);
  });
});
