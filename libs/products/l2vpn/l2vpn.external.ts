import type { Difference } from '#subscription/published';
import { step } from '#workflow';
import type { Circuit, NetworkPort } from '../network/network.port.js';
import { changes, differs, drift, loaded, planned } from '../standard/index.js';
import { activeL2vpn, type ActiveL2vpn } from './l2vpn.product.js';

const reads = { subscription: loaded(activeL2vpn) };

/** Endpoints in an order of their own: the manager need not keep ours. */
const inOrder = (endpoints: Circuit['endpoints']): readonly string[] =>
  endpoints.map(({ port, vlan }) => `${port}.${vlan}`).sort();

/** What the network holds otherwise than recorded. A circuit that is not there cannot be compared any further. */
function differences({ circuit_id, speed, ports }: ActiveL2vpn, found: Circuit | undefined): Difference[] {
  if (found === undefined) return [...differs('l2vpn.circuit_id', circuit_id, null)];
  const [expected, there] = [inOrder(ports), inOrder(found.endpoints)];
  const samePorts = expected.join() === there.join();
  return [
    ...differs('l2vpn.speed', speed, found.speed),
    ...(samePorts ? [] : [{ path: 'l2vpn.ports', expected, found: there }]),
  ];
}

/** Only looks. */
export const compareL2vpn = (network: NetworkPort) =>
  [
    step({
      key: 'validate_l2vpn',
      name: 'Compare L2VPN with the network',
      reads,
      adds: drift,
      async handler({ subscription: { l2vpn } }, { signal }) {
        return { drift: differences(l2vpn, await network.findCircuit({ id: l2vpn.circuit_id }, signal)) };
      },
      plan: 'as_it_runs',
    }),
  ] as const;

/**
 * Applies what is recorded; modify and reconcile have these very steps. A circuit that is gone is not made anew, because its id would be
 * another than the recorded one: refusal `circuit_gone` 404.
 */
export const updateL2vpnInExternalSystems = (network: NetworkPort) =>
  [
    step({
      key: 'update_l2vpn_in_external_systems',
      name: 'Update L2VPN in external systems',
      reads,
      adds: changes,
      async handler({ subscription: { subscription_id: externalId, l2vpn } }, { signal, idempotencyKey: key }) {
        const { circuit_id: id, speed, ports: endpoints } = l2vpn;
        const external_changes = differences(l2vpn, await network.findCircuit({ id }, signal));
        if (external_changes.length > 0)
          await network.replaceCircuit({ id, externalId, speed, endpoints }, { key, signal });
        return { external_changes };
      },
      async plan({ subscription: { l2vpn } }, { signal }) {
        return planned('network', differences(l2vpn, await network.findCircuit({ id: l2vpn.circuit_id }, signal)));
      },
    }),
  ] as const;
