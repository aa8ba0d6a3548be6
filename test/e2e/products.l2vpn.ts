import { beforeAll, expect, it } from '@jest/globals';
import { productsActions, type Started } from './products.actions.js';
import { firstFault, NOT_IN_SYNC, type ProductsTalk } from './products.js';
import type { World } from './world.js';

/** The life of a line between ports. */
export function l2vpnSuite(given: () => Started): void {
  const { nrm } = productsActions(given);
  let world: World;
  let talk: ProductsTalk;
  let id: string;
  let circuit: string;
  const ports = [
    { port: 'ams-1:0/1', vlan: 100 },
    { port: 'fra-1:0/1', vlan: 100 },
  ];
  const first = () => ({ subscription_id: id });
  beforeAll(async () => {
    ({ world, talk } = given());
    const product = await talk.product('L2VPN');
    const { current_state } = await talk.run('create_l2vpn', { product }, { speed: 1_000, ports });
    id = current_state.subscription_id;
    circuit = current_state.circuit_id;
    await talk.free(id);
  }, 40_000);

  it('is made in the network, once', async () => {
    const wanted = { id: circuit, external_id: id, speed: 1_000, endpoints: ports };
    expect((await nrm('GET', `/circuits/${circuit}`)).body).toEqual(wanted);
    const writes = (await world.ledger()).filter(({ kind, applied }) => kind === 'circuits' && applied);
    expect(writes).toHaveLength(1);
  });

  it('form takes 2 to 8 ports with VLANs', async () => {
    const product = await talk.product('L2VPN');
    const many = Array.from({ length: 9 }, (_, at) => ({ port: 'ams-1:0/1', vlan: at + 1 }));
    for (const wrong of [{ ports: ports.slice(1) }, { ports: many }, { speed: 0 }, { ports: [...ports, ports[0]] }]) {
      const refused = await talk.start('create_l2vpn', { product }, { speed: 1_000, ports, ...wrong });
      expect(firstFault(refused)[0]).toBe(400);
    }
  });

  it('a VLAN that another circuit has fails the create, which leaves nothing', async () => {
    const product = await talk.product('L2VPN');
    const failed = await talk.run('create_l2vpn', { product }, { speed: 10, ports });
    expect(failed).toMatchObject({ last_status: 'failed', failed_reason: expect.stringContaining('VLAN 100') });
    const { subscription_id } = failed.current_state;
    expect((await world.api('PUT', `/api/processes/${failed.process_id}/abort`)).status).toBe(204);
    await talk.free(subscription_id);
    expect((await talk.run('terminate_l2vpn', { subscription_id }, {})).last_status).toBe('completed');
    expect((await nrm('GET', '/circuits')).body.value).toHaveLength(1);
  });

  it('modify changes speed and ports', async () => {
    const wanted = { speed: 2_000, ports: [...ports, { port: 'lon-1:0/2', vlan: 7 }] };
    expect((await talk.run('modify_l2vpn', first(), wanted)).last_status).toBe('completed');
    await talk.free(id);
    expect((await nrm('GET', `/circuits/${circuit}`)).body).toMatchObject({ speed: 2_000, endpoints: wanted.ports });
    const model = (await world.api('GET', `/api/subscriptions/domain-model/${id}`)).body;
    expect(model.l2vpn).toMatchObject({
      speed: 2_000,
      circuit_id: circuit,
      ports: [{ vlan: 100 }, { vlan: 100 }, { vlan: 7 }],
    });
  });

  it('what validate finds is repaired by reconcile, which its product allows out of sync', async () => {
    const changed = { external_id: id, speed: 10, endpoints: ports };
    await nrm('PUT', `/circuits/${circuit}`, changed);
    const found = await talk.run('validate_l2vpn', first());
    expect(found.current_state.drift.map(({ path }: any) => path)).toEqual(['l2vpn.speed', 'l2vpn.ports']);
    await talk.free(id);
    expect(await talk.subscription(id)).toMatchObject({ insync: false, drift: { process_id: found.process_id } });
    expect(firstFault(await talk.start('modify_l2vpn', first()))[2]).toBe(NOT_IN_SYNC);
    const repaired = await talk.run('reconcile_l2vpn', first());
    expect(repaired).toMatchObject({
      last_status: 'completed',
      current_state: { external_changes: found.current_state.drift, repaired_validation: found.process_id },
    });
    await talk.free(id);
    expect(await talk.subscription(id)).toMatchObject({ insync: true, drift: null });
    expect((await nrm('GET', `/circuits/${circuit}`)).body.speed).toBe(2_000);
  });

  it('terminate takes the circuit away', async () => {
    expect((await talk.run('terminate_l2vpn', first(), {})).last_status).toBe('completed');
    expect((await nrm('GET', `/circuits/${circuit}`)).status).toBe(404);
  });
}
