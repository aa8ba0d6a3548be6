import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { evaluateForm, type LiveData } from '#workflow';
import {
  productRegistry,
  USER_EXTERNAL_PRODUCT_ID,
  USER_GROUP_PRODUCT_ID,
  USER_INTERNAL_PRODUCT_ID,
} from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { Machine } from './machine.js';

let directory: FakeDirectory;
let machine: Machine;
let ops: string;
let dev: string;

const group = async (group_name: string) =>
  String((await machine.run('create_user_group', { group_name })).data['subscription_id']);
const create = async (state: object = {}) => {
  const asked = { product: USER_INTERNAL_PRODUCT_ID, username: 'ada', age: 36, user_group_id: ops, ...state };
  return machine.run('create_user', asked);
};
const on = (workflow: string, id: unknown, state: object = {}) =>
  machine.run(workflow, { subscription_id: id, ...state });
const usersOf = (id: string) => machine.subscription(id).users;

beforeEach(async () => {
  directory = new FakeDirectory();
  machine = new Machine({ directory, network: new FakeNetwork() });
  [ops, dev] = [await group('Ops'), await group('Dev')];
  machine.ran.length = 0;
});

describe('user', () => {
  it.each([
    ['internal', USER_INTERNAL_PRODUCT_ID],
    ['external', USER_EXTERNAL_PRODUCT_ID],
  ])('%s: create makes it and its membership, and the group knows', async (affiliation, product) => {
    const { status, data } = await create({ product });
    expect(status).toBe('completed');
    expect(machine.ran).toEqual([
      'init',
      'create_subscription',
      'store_process_subscription',
      'reserve_user_group',
      'initialize_subscription',
      'provision_user',
      'set_status',
      'resync',
      'done',
    ]);
    const id = String(data['subscription_id']);
    expect(machine.subscription(id)).toMatchObject({
      productId: product,
      status: 'active',
      insync: true,
      description: `User ada from group Ops (${affiliation})`,
      values: { user: { username: 'ada', age: 36, user_id: 'u3', group: { owner_subscription_id: ops } } },
    });
    expect(directory.users.get('u3')).toMatchObject({ userName: 'ada', userType: affiliation, externalId: id });
    expect([...directory.members]).toEqual(['g1/u3']);
    expect(usersOf(ops)).toEqual({ [id]: 'active' });
  });

  it('modify changes name, age and group; the former group is left and free', async () => {
    const { subscription_id: id } = (await create()).data;
    machine.ran.length = 0;
    const { status } = await on('modify_user', id, { username: 'lovelace', age: null, user_group_id: dev });
    expect(status).toBe('completed');
    expect(machine.ran).toEqual([
      'init',
      'store_process_subscription',
      'unsync',
      'reserve_user_group',
      'set_status_provisioning',
      'update_subscription',
      'update_subscription_description',
      'set_status_active',
      'compare_user_with_external_systems',
      'update_user_in_external_systems',
      'release_user_group',
      'resync',
      'done',
    ]);
    expect(machine.subscription(id)).toMatchObject({
      status: 'active',
      insync: true,
      description: 'User lovelace from group Dev (internal)',
      values: { user: { username: 'lovelace', age: null, group: { owner_subscription_id: dev } } },
    });
    expect([...directory.members]).toEqual(['g2/u3']);
    expect([usersOf(ops), usersOf(dev)]).toEqual([{}, { [String(id)]: 'active' }]);
  });

  it('modify within its group keeps it', async () => {
    const { subscription_id: id } = (await create()).data;
    await on('modify_user', id, { username: 'lovelace', user_group_id: ops });
    expect([usersOf(ops), [...directory.members]]).toEqual([{ [String(id)]: 'active' }, ['g1/u3']]);
  });

  it('a group with active users cannot be terminated; when they are gone it can', async () => {
    const { subscription_id: id } = (await create()).data;
    expect(await on('terminate_user_group', ops)).toMatchObject({
      status: 'refused',
      refusal: { code: 'subscription_in_use', details: { unterminated_in_use_by_subscriptions: [id] } },
    });
    expect((await on('terminate_user', id)).status).toBe('completed');
    expect([directory.users.size, directory.members.size, usersOf(ops)]).toEqual([0, 0, {}]);
    expect((await on('terminate_user_group', ops)).status).toBe('completed');
  });

  it('a group that is being terminated takes no more users', async () => {
    const claim = { workflow: 'terminate_user_group', target: 'TERMINATE', isTask: false, processId: 'other' };
    const terms = { usableWhen: ['active'], outOfSyncAllowed: false, blockedByUsers: true, time: 2 };
    await machine.send(`subscription-${ops}`, { type: 'ClaimSubscription', ...claim, ...terms });
    const { status, data } = await create();
    expect(status).toBe('failed');
    expect(machine.subscription(data['subscription_id'])).toMatchObject({ status: 'initial', values: {} });
    expect(directory.users.size).toBe(0);
  });

  it('what a create left that was aborted is terminated, and lets go of its group', async () => {
    directory.users.set('u0', { userName: 'ada', externalId: 'other' });
    const { status, data } = await create();
    expect(status).toBe('failed');
    await machine.send('process-p3', { type: 'AbortProcess', time: 5 });
    const id = String(data['subscription_id']);
    expect([machine.subscription(id).status, usersOf(ops)]).toEqual(['provisioning', { [id]: 'provisioning' }]);
    expect((await on('terminate_user', id)).status).toBe('completed');
    expect([machine.subscription(id).status, usersOf(ops), directory.users.size]).toEqual(['terminated', {}, 1]);
  });

  it.each(['initialize_subscription', 'update_subscription'])(
    'what was reserved and not recorded, because %s failed, is let go of by an undoing or with the user',
    async (failing) => {
      const isCreate = failing === 'initialize_subscription';
      const before = isCreate ? undefined : (await create()).data['subscription_id'];
      machine.failAt = failing;
      const at = isCreate
        ? create({ user_group_id: dev })
        : on('modify_user', before, { username: 'ada', user_group_id: dev });
      const { status, data } = await at;
      machine.failAt = undefined;
      expect([status, Object.keys(usersOf(dev))]).toEqual(['failed', [data['subscription_id']]]);
      await machine.send(`process-${machine.last}`, { type: isCreate ? 'AbortProcess' : 'CompensateProcess', time: 5 });
      if (isCreate) expect((await on('terminate_user', data['subscription_id'])).status).toBe('completed');
      expect([machine.process(machine.last).status, usersOf(dev)]).toEqual([isCreate ? 'completed' : 'aborted', {}]);
      expect((await on('terminate_user_group', dev)).status).toBe('completed');
    },
  );

  it('what its processes had reserved is looked up in one of them at a time', async () => {
    const { subscription_id: id } = (await create()).data;
    for (let night = 0; night < 3; night++) await on('validate_user', id);
    let [open, most] = [0, 0];
    const load = machine.load.bind(machine);
    const read = jest.spyOn(machine, 'load').mockImplementation(async (stream) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      return load(stream).finally(() => open--);
    });
    expect((await on('terminate_user', id)).status).toBe('completed');
    expect(read).toHaveBeenCalledWith(`process-p${Number(machine.last.slice(1)) - 1}`);
    expect(most).toBe(1);
  });

  it('validate finds a membership that somebody took by hand, reconcile gives it back', async () => {
    const { subscription_id: id } = (await create()).data;
    directory.members.clear();
    directory.users.set('u3', { ...directory.users.get('u3')!, userName: 'eve', userType: 'external' });
    const differences = [
      { path: 'user.username', expected: 'ada', found: 'eve' },
      { path: 'affiliation', expected: 'internal', found: 'external' },
      { path: 'user.group', expected: 'g1', found: null },
    ];
    expect((await on('validate_user', id)).data['drift']).toEqual(differences);
    expect(machine.subscription(id)).toMatchObject({ insync: false, drift: { processId: 'p4' } });
    await machine.send(`subscription-${String(id)}`, { type: 'SetInSync', unfinished: [], time: 3 });
    const values = machine.subscription(id).values;
    expect((await on('reconcile_user', id)).data).toMatchObject({
      external_changes: differences,
      repaired_validation: 'p4',
    });
    expect(machine.subscription(id)).toMatchObject({ insync: true, values });
    expect(directory.users.get('u3')).toMatchObject({ userName: 'ada', userType: 'internal' });
    expect([...directory.members]).toEqual(['g1/u3']);
    expect((await on('validate_user', id)).data['drift']).toEqual([]);
  });

  it('reconcile has the very steps of modify', () => {
    const { workflows } = productRegistry({ directory, network: new FakeNetwork() });
    const stepsOf = (key: string) => workflows.latest(key)!.definition.steps;
    const update = stepsOf('modify_user').filter(({ key }) => key.endsWith('_external_systems'));
    expect(update.map(({ key }) => key)).toEqual([
      'compare_user_with_external_systems',
      'update_user_in_external_systems',
    ]);
    for (const [at, step] of update.entries()) expect(stepsOf('reconcile_user')[3 + at]).toBe(step);
  });
});

describe('its forms', () => {
  const { formOf } = productRegistry({ directory: new FakeDirectory(), network: new FakeNetwork() });
  const about = (id: string, values: object) => ({ subscription_id: id, description: id, status: 'active', values });
  const groups = [about('a', {}), about('b', {})] as never[];
  const current = about('u', { user: { username: 'ada', age: 36, group: { owner_subscription_id: 'z' } } });
  const live: LiveData = {
    subscription: async (id) => (id === 'u' ? current : about(id, {})) as never,
    subscriptions: async ({ productId, status }) =>
      productId === USER_GROUP_PRODUCT_ID && status === 'active' ? groups : [],
    startFaults: async () => [],
    productEnded: async () => undefined,
  };
  const first = { product: USER_EXTERNAL_PRODUCT_ID };
  const evaluate = (...answers: object[]) => evaluateForm(formOf('create_user'), answers, live);

  it('create offers the active groups, of which one is chosen', async () => {
    const items = { enum: ['a', 'b'], options: { a: 'a', b: 'b' } };
    expect(await evaluate(first)).toMatchObject({
      form: { properties: { user_group_ids: { items, minItems: 1, maxItems: 1 } } },
    });
    expect(await evaluate(first, { username: 'ada', user_group_ids: ['b'] })).toEqual({
      kind: 'complete',
      data: { ...first, username: 'ada', user_group_id: 'b' },
    });
    for (const [user_group_ids, age] of [[[]], [['a', 'b']], [['c']], [['a'], -1]] as const)
      expect(await evaluate(first, { username: 'ada', user_group_ids, ...(age && { age }) })).toMatchObject({
        kind: 'invalid',
      });
  });

  it('without an active group nothing can be chosen', async () => {
    const none: LiveData = { ...live, subscriptions: async () => [] };
    const answers = [first, { username: 'ada', user_group_ids: ['a'] }];
    expect(await evaluateForm(formOf('create_user'), answers, none)).toMatchObject({ kind: 'invalid' });
  });

  it('modify shows what is recorded, and offers the present group whatever its state', async () => {
    const form = await evaluateForm(formOf('modify_user'), [{ subscription_id: 'u' }], live);
    expect(form).toMatchObject({
      form: {
        properties: {
          username: { default: 'ada' },
          age: { default: 36 },
          user_group_ids: { default: ['z'], items: { enum: ['a', 'b', 'z'] } },
        },
      },
    });
  });
});
