import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { evaluateForm, type LiveData } from '#workflow';
import { L2VPN_PRODUCT_ID, productRegistry } from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { Machine } from './machine.js';

const ends = (...names: string[]) => names.map((name, at) => ({ port: name, vlan: 100 + at }));
const asked = { speed: 1_000, ports: ends('ams-1:0/1', 'fra-1:0/1') };
let network: FakeNetwork;
let machine: Machine;
let id: string;

beforeEach(async () => {
  network = new FakeNetwork();
  machine = new Machine({ directory: new FakeDirectory(), network });
  id = String((await machine.run('create_l2vpn', asked)).data['subscription_id']);
  machine.ran.length = 0;
});
const on = (workflow: string, state: object = {}) => machine.run(workflow, { subscription_id: id, ...state });

describe('L2VPN', () => {
  it('create makes a circuit of what was asked', () => {
    expect(machine.subscription(id)).toMatchObject({
      status: 'active',
      insync: true,
      description: 'L2VPN 1000 Mbit/s ams-1:0/1.100 - fra-1:0/1.101',
      values: { l2vpn: { ...asked, circuit_id: 'c1' } },
    });
    expect(network.circuits.get('c1')).toMatchObject({ speed: 1_000, endpoints: asked.ports, externalId: id });
  });

  it('modify changes speed and ports', async () => {
    const wanted = { speed: 2_000, ports: ends('ams-1:0/1', 'fra-1:0/1', 'lon-1:0/2') };
    expect((await on('modify_l2vpn', wanted)).status).toBe('completed');
    expect(machine.ran).toEqual([
      'init',
      'store_process_subscription',
      'unsync',
      'set_status_provisioning',
      'update_subscription',
      'update_subscription_description',
      'set_status_active',
      'compare_l2vpn_with_external_systems',
      'update_l2vpn_in_external_systems',
      'resync',
      'done',
    ]);
    expect(network.circuits.get('c1')).toMatchObject({ speed: 2_000, endpoints: wanted.ports });
    expect(machine.subscription(id)).toMatchObject({ insync: true, values: { l2vpn: wanted } });
  });

  it('what is recorded must fit, whoever asks', async () => {
    for (const wrong of [{ ports: ends('ams-1:0/1') }, { ports: [{ port: 'a', vlan: 5_000 }, ...asked.ports] }])
      await expect(on('modify_l2vpn', { ...asked, ...wrong })).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('validate finds what was changed by hand, reconcile repairs it although that put it out of sync', async () => {
    network.circuits.set('c1', {
      ...network.circuits.get('c1')!,
      speed: 10,
      endpoints: ends('par-1:0/4', 'fra-1:0/1'),
    });
    const differences = [
      { path: 'l2vpn.speed', expected: 1_000, found: 10 },
      {
        path: 'l2vpn.ports',
        expected: ['ams-1:0/1.100', 'fra-1:0/1.101'],
        found: ['fra-1:0/1.101', 'par-1:0/4.100'],
      },
    ];
    expect((await on('validate_l2vpn')).data['drift']).toEqual(differences);
    expect(machine.subscription(id).insync).toBe(false);
    expect((await on('modify_l2vpn', asked)).status).toBe('refused');
    expect(await on('reconcile_l2vpn')).toMatchObject({
      status: 'completed',
      data: { external_changes: differences, repaired_validation: 'p2' },
    });
    expect(network.circuits.get('c1')).toMatchObject({ speed: 1_000, endpoints: asked.ports });
    expect(machine.subscription(id)).toMatchObject({ insync: true, values: { l2vpn: asked } });
  });

  it('an order of its own in the network is no difference', async () => {
    network.circuits.set('c1', { ...network.circuits.get('c1')!, endpoints: [...asked.ports].reverse() });
    expect((await on('validate_l2vpn')).data['drift']).toEqual([]);
  });

  it('a circuit that is gone is found, and not made anew', async () => {
    network.circuits.clear();
    expect((await on('validate_l2vpn')).data['drift']).toEqual([
      { path: 'l2vpn.circuit_id', expected: 'c1', found: null },
    ]);
    expect((await on('reconcile_l2vpn')).status).toBe('failed');
  });

  it('terminate takes the circuit away, also when it is gone already', async () => {
    network.circuits.clear();
    expect((await on('terminate_l2vpn')).status).toBe('completed');
    expect(machine.subscription(id).status).toBe('terminated');
  });

  it('terminate of what uses no other does not read what its processes did', async () => {
    await on('validate_l2vpn');
    const load = jest.spyOn(machine, 'load');
    expect((await on('terminate_l2vpn')).status).toBe('completed');
    expect(load).not.toHaveBeenCalled();
  });

  it('reconcile has the very steps of modify', () => {
    const { workflows } = productRegistry({ directory: new FakeDirectory(), network });
    const stepsOf = (key: string) => workflows.latest(key)!.definition.steps;
    const update = stepsOf('modify_l2vpn').filter(({ key }) => key.endsWith('_external_systems'));
    expect(update.map(({ key }) => key)).toEqual([
      'compare_l2vpn_with_external_systems',
      'update_l2vpn_in_external_systems',
    ]);
    for (const [at, step] of update.entries()) expect(stepsOf('reconcile_l2vpn')[3 + at]).toBe(step);
  });
});

describe('its forms', () => {
  const { formOf } = productRegistry({ directory: new FakeDirectory(), network: new FakeNetwork() });
  const values = { l2vpn: { ...asked, circuit_id: 'c1' } };
  const found = { subscription_id: 's', description: 'L2VPN', status: 'active', values };
  const live: LiveData = {
    subscription: async () => found,
    subscriptions: async () => [],
    startFaults: async () => [],
    productEnded: async () => undefined,
  };
  const product = { product: L2VPN_PRODUCT_ID };

  it.each([
    ['one port', { ports: ends('a') }, ['ports']],
    ['nine ports', { ports: ends(...Array.from('abcdefghi')) }, ['ports']],
    ['a VLAN that is none', { ports: [{ port: 'a', vlan: 4_095 }, ...ends('b')] }, ['ports', 0, 'vlan']],
    ['no speed', { speed: 0 }, ['speed']],
    ['an endpoint twice', { ports: [...ends('a'), ...ends('a')] }, ['ports', 1]],
  ])('create refuses %s', async (_, wrong, loc) => {
    const answers = [product, { ...asked, ...wrong }];
    expect(await evaluateForm(formOf('create_l2vpn'), answers, live)).toMatchObject({
      kind: 'invalid',
      errors: [expect.objectContaining({ loc })],
    });
  });

  it('create takes 2 to 8 ports', async () => {
    for (const ports of [ends('a', 'b'), ends(...Array.from('abcdefgh'))])
      expect(await evaluateForm(formOf('create_l2vpn'), [product, { speed: 1, ports }], live)).toMatchObject({
        kind: 'complete',
      });
  });

  it('modify shows what is recorded', async () => {
    expect(await evaluateForm(formOf('modify_l2vpn'), [{ subscription_id: 's' }], live)).toMatchObject({
      form: { properties: { speed: { default: 1_000 }, ports: { default: asked.ports } } },
    });
  });
});
