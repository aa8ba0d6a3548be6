import { beforeEach, describe, expect, it } from '@jest/globals';
import { evaluateForm, type LiveData } from '#workflow';
import { productRegistry, USER_GROUP_PRODUCT_ID } from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { Machine } from './machine.js';

let directory: FakeDirectory;
let machine: Machine;
let id: string;

beforeEach(async () => {
  directory = new FakeDirectory();
  machine = new Machine({ directory, network: new FakeNetwork() });
  const created = await machine.run('create_user_group', { group_name: 'Ops' });
  id = String(created.data['subscription_id']);
  machine.ran.length = 0;
});
const values = () => machine.subscription(id).values['user_group'];
const on = (workflow: string, state: object = {}) => machine.run(workflow, { subscription_id: id, ...state });

describe('user group', () => {
  it('create ends with an active, in-sync subscription that holds the id in the directory', async () => {
    const process = await machine.run('create_user_group', { group_name: 'Dev' });
    expect(machine.ran).toEqual([
      'init',
      'create_subscription',
      'store_process_subscription',
      'initialize_subscription',
      'provision_user_group',
      'set_status',
      'resync',
      'done',
    ]);
    expect(process).toMatchObject({
      status: 'completed',
      data: { subscription: { product_id: USER_GROUP_PRODUCT_ID } },
    });
    expect(machine.subscription(process.data['subscription_id'])).toMatchObject({
      status: 'active',
      insync: true,
      holder: undefined,
      description: 'User Group Dev',
      values: { user_group: { group_name: 'Dev', group_id: 'g2' } },
    });
  });

  it('modify changes what is recorded, then what is outside', async () => {
    expect((await on('modify_user_group', { group_name: 'Operators' })).status).toBe('completed');
    expect(machine.ran).toEqual([
      'init',
      'store_process_subscription',
      'unsync',
      'set_status_provisioning',
      'update_subscription',
      'update_subscription_description',
      'set_status_active',
      'compare_user_group_with_external_systems',
      'update_user_group_in_external_systems',
      'resync',
      'done',
    ]);
    expect(machine.subscription(id)).toMatchObject({
      status: 'active',
      insync: true,
      description: 'User Group Operators',
    });
    expect(directory.groups.get('g1')).toMatchObject({ displayName: 'Operators' });
  });

  it('reconcile has the very steps with which modify ends', () => {
    const { workflows } = productRegistry({ directory, network: new FakeNetwork() });
    const stepsOf = (key: string) => workflows.latest(key)!.definition.steps;
    const update = stepsOf('modify_user_group').filter(({ key }) => key.endsWith('_external_systems'));
    expect(update.map(({ key }) => key)).toEqual([
      'compare_user_group_with_external_systems',
      'update_user_group_in_external_systems',
    ]);
    for (const [at, step] of update.entries()) expect(stepsOf('reconcile_user_group')[3 + at]).toBe(step);
  });

  it('validate finds a rename by hand, reconcile repairs it and says which validation found it', async () => {
    directory.groups.set('g1', { ...directory.groups.get('g1')!, displayName: 'Oops' });
    const differences = [{ path: 'user_group.group_name', expected: 'Ops', found: 'Oops' }];
    const validated = await on('validate_user_group');
    expect(validated).toMatchObject({ status: 'completed', isTask: true, data: { drift: differences } });
    expect(machine.subscription(id)).toMatchObject({ insync: false, drift: { differences } });
    expect(directory.writes).toEqual(['createGroup']);
    expect((await on('reconcile_user_group')).status).toBe('refused');
    await machine.send(`subscription-${id}`, { type: 'SetInSync', unfinished: [], time: 3 });
    const before = { ...machine.subscription(id).values };
    const repaired = await on('reconcile_user_group');
    expect(repaired).toMatchObject({
      status: 'completed',
      data: { external_changes: differences, repaired_validation: 'p2' },
    });
    expect(machine.subscription(id)).toMatchObject({ insync: true, status: 'active', values: before });
    expect(machine.subscription(id)).not.toHaveProperty('drift');
    expect(directory.groups.get('g1')).toMatchObject({ displayName: 'Ops' });
  });

  it('validate and reconcile with nothing to find change nothing', async () => {
    expect((await on('validate_user_group')).data['drift']).toEqual([]);
    const { data } = await on('reconcile_user_group');
    expect(data).toMatchObject({ external_changes: [], repaired_validation: null });
    expect(directory.writes).toEqual(['createGroup']);
    expect(machine.subscription(id)).toMatchObject({ insync: true, status: 'active' });
  });

  it('reconcile does not make a group anew, and stays out of sync with it', async () => {
    directory.groups.clear();
    expect((await on('validate_user_group')).data['drift']).toEqual([
      { path: 'user_group.group_id', expected: 'g1', found: null },
    ]);
    await machine.send(`subscription-${id}`, { type: 'SetInSync', unfinished: [], time: 3 });
    expect((await on('reconcile_user_group')).status).toBe('failed');
    expect(machine.subscription(id)).toMatchObject({ insync: false, drift: expect.anything() });
  });

  it('nothing starts beside a failed process, so no reconcile puts in sync what that one left', async () => {
    await machine.run('create_user_group', { group_name: 'Dev' });
    const failed = await on('modify_user_group', { group_name: 'Dev' });
    expect(failed.status).toBe('failed');
    for (const workflow of ['reconcile_user_group', 'validate_user_group', 'terminate_user_group'])
      expect(await on(workflow)).toMatchObject({ status: 'refused', refusal: { code: 'subscription_claimed' } });
    expect(machine.subscription(id).insync).toBe(false);
  });

  it('terminate takes the group away through an operation', async () => {
    expect((await on('terminate_user_group')).status).toBe('completed');
    expect(machine.ran).toEqual([
      'init',
      'store_process_subscription',
      'unsync',
      'deprovision_user_group',
      'set_status',
      'resync',
      'done',
    ]);
    expect(directory.groups.size).toBe(0);
    expect(machine.subscription(id)).toMatchObject({ status: 'terminated', insync: true });
    expect(machine.events.map(({ type }) => type)).toContain('Deprovisioned');
    expect(values()).toEqual({ group_name: 'Ops', group_id: 'g1' });
  });

  it('terminate is done also when the group is gone already', async () => {
    directory.groups.clear();
    expect((await on('terminate_user_group')).status).toBe('completed');
  });

  it('terminate is refused while others use it, and the reasons name them', async () => {
    const user = { userSubscriptionId: 'u-1', userStatus: 'active', processId: 'x', time: 2 };
    await machine.send(`subscription-${id}`, { type: 'ReserveUse', ...user });
    expect(await on('terminate_user_group')).toMatchObject({
      status: 'refused',
      refusal: { code: 'subscription_in_use', details: { unterminated_in_use_by_subscriptions: ['u-1'] } },
    });
    expect(directory.groups.size).toBe(1);
  });

  it('terminate is retried after the directory refused', async () => {
    const deleteGroup = directory.deleteGroup.bind(directory);
    directory.deleteGroup = () =>
      Promise.reject(Object.assign(new Error('no'), { refusal: true, code: 'no', status: 403 }));
    const failed = await on('terminate_user_group');
    expect(failed.status).toBe('failed');
    directory.deleteGroup = deleteGroup;
    await machine.send('process-p2', { type: 'ResumeProcess', time: 5 });
    expect(machine.process('p2').status).toBe('completed');
    expect(machine.subscription(id).status).toBe('terminated');
  });
});

describe('its forms', () => {
  const { formOf } = productRegistry({ directory: new FakeDirectory(), network: new FakeNetwork() });
  const product = { product: USER_GROUP_PRODUCT_ID };
  const found = { subscription_id: 's', description: 'User Group Ops', status: 'active' };
  const live: LiveData = {
    subscription: async () => ({ ...found, values: { user_group: { group_name: 'Ops', group_id: 'g1' } } }),
    subscriptions: async () => [],
    startFaults: async (id) => (id === 's' ? [] : [{ loc: ['subscription_id'], msg: 'no', type: 'x', input: id }]),
    productEnded: async () => undefined,
  };
  const evaluate = (workflow: string, ...answers: object[]) => evaluateForm(formOf(workflow), answers, live);

  it('create asks page by page, then completes', async () => {
    expect(await evaluate('create_user_group')).toMatchObject({ kind: 'more', hasNext: true });
    expect(await evaluate('create_user_group', product)).toMatchObject({ kind: 'more', hasNext: false });
    expect(await evaluate('create_user_group', product, { group_name: 'Ops' })).toEqual({
      kind: 'complete',
      data: { ...product, group_name: 'Ops' },
    });
  });
  it.each([
    [[{ product: 'x' }], ['product']],
    [[product, {}], ['group_name']],
    [[product, { group_name: '' }], ['group_name']],
    [[product, { group_name: 'a', more: 1 }], ['more']],
    [[product, { group_name: 'a' }, {}], ['__root__']],
  ])('create names what is wrong: %j', async (answers, loc) => {
    expect(await evaluate('create_user_group', ...answers)).toMatchObject({ kind: 'invalid', errors: [{ loc }] });
  });

  it('modify shows what is recorded; the id is read only', async () => {
    expect(await evaluate('modify_user_group', { subscription_id: 's', version: 3 })).toMatchObject({
      kind: 'more',
      form: {
        properties: { group_name: { default: 'Ops' }, group_id: { const: 'g1', extraProperties: { disabled: true } } },
      },
    });
    const answer = { group_name: 'Operators', group_id: 'g1' };
    expect(await evaluate('modify_user_group', { subscription_id: 's', version: 3 }, answer)).toEqual({
      kind: 'complete',
      data: { subscription_id: 's', group_name: 'Operators' },
    });
    const other = { ...answer, group_id: 'g2' };
    expect(await evaluate('modify_user_group', { subscription_id: 's' }, other)).toMatchObject({ kind: 'invalid' });
  });

  it('terminate asks whether one is sure, and takes nothing from the form but the subscription', async () => {
    const label = 'Are you sure you want to remove User Group Ops?';
    expect(await evaluate('terminate_user_group', { subscription_id: 's' })).toMatchObject({
      kind: 'more',
      form: { properties: { are_you_sure: { format: 'label', title: label } } },
    });
    for (const answer of [{}, { are_you_sure: label }])
      expect(await evaluate('terminate_user_group', { subscription_id: 's' }, answer)).toEqual({
        kind: 'complete',
        data: { subscription_id: 's' },
      });
  });

  it('validate and reconcile ask for the subscription only; the first page says why one may not start', async () => {
    for (const workflow of ['validate_user_group', 'reconcile_user_group']) {
      expect(await evaluate(workflow, { subscription_id: 's' })).toMatchObject({ kind: 'complete' });
      expect(await evaluate(workflow, { subscription_id: 'other' })).toMatchObject({ kind: 'invalid' });
    }
  });

  it('of a workflow without pages is one empty page', async () => {
    expect(await evaluateForm([], [], live)).toMatchObject({ kind: 'more', hasNext: false });
    expect(await evaluateForm([], [{}], live)).toEqual({ kind: 'complete', data: {} });
  });
});
