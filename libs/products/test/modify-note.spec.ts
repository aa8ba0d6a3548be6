import { beforeEach, describe, expect, it } from '@jest/globals';
import { evaluateForm, type LiveData } from '#workflow';
import { catalogue, productRegistry } from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { Machine } from './machine.js';

const ports = { directory: new FakeDirectory(), network: new FakeNetwork() };
let machine: Machine;
let subscription_id: string;
beforeEach(async () => {
  machine = new Machine({ directory: new FakeDirectory(), network: new FakeNetwork() });
  const { data } = await machine.run('create_user_group', { group_name: 'Ops' });
  subscription_id = String(data['subscription_id']);
});

describe('modify_note', () => {
  it('stores a note, locks nothing, and names its process', async () => {
    const process = await machine.run('modify_note', { subscription_id, note: 'call first' });
    expect(process.status).toBe('completed');
    expect(machine.ran.slice(-4)).toEqual(['init', 'store_process_subscription', 'store_note', 'done']);
    expect(machine.subscription(subscription_id)).toMatchObject({
      note: 'call first',
      insync: true,
      holder: undefined,
    });
    expect(machine.events.filter(({ type }) => type === 'SubscriptionNoteChanged')).toEqual([
      { type: 'SubscriptionNoteChanged', data: { note: 'call first', processId: expect.any(String), time: 1000 } },
    ]);
  });

  it('starts while the subscription is out of sync', async () => {
    const claim = { workflow: 'w', target: 'MODIFY', isTask: false, usableWhen: ['active'], blockedByUsers: false };
    for (const type of ['ClaimSubscription', 'Unsync', 'ReleaseSubscription'])
      await machine.send(`subscription-${subscription_id}`, { ...claim, type, processId: 'x', time: 1 });
    expect((await machine.run('modify_note', { subscription_id, note: ' ' })).status).toBe('completed');
    expect(machine.subscription(subscription_id)).toMatchObject({ note: null, insync: false });
  });

  it('is offered by every product, with the present note in its form', async () => {
    const offered = catalogue.registered.filter(({ workflows }) =>
      workflows.some(({ name }) => name === 'modify_note'),
    );
    expect(offered).toHaveLength(catalogue.registered.length);
    const found = { subscription_id, description: 'd', status: 'active', values: {}, note: 'present' };
    const live: LiveData = {
      subscription: async () => found,
      subscriptions: async () => [],
      startFaults: async () => [],
      productEnded: async () => undefined,
    };
    const pages = productRegistry(ports).formOf('modify_note');
    expect(await evaluateForm(pages, [{ subscription_id }], live)).toMatchObject({
      kind: 'more',
      form: { properties: { note: { default: 'present', format: 'long' } } },
    });
    expect(await evaluateForm(pages, [{ subscription_id }, { note: 'x' }], live)).toMatchObject({ kind: 'complete' });
  });
});
