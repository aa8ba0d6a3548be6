import type { Difference } from '#subscription/published';
import type { Circuit, NetworkPort } from '../network/network.port.js';
import { circuitGone } from '../network/refusals.js';
import { differs, external, loaded } from '../standard/index.js';
import { activeL2vpn, type ActiveL2vpn } from './l2vpn.product.js';

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

/** A circuit in the network: speed and ends. */
export const l2vpnOutside = (network: NetworkPort) =>
  external({
    thing: 'l2vpn',
    title: 'L2VPN',
    system: 'network',
    reads: { subscription: loaded(activeL2vpn) },
    async compare({ subscription: { l2vpn } }, { signal }) {
      return differences(l2vpn, await network.findCircuit({ id: l2vpn.circuit_id }, signal));
    },
    apply({ subscription: { subscription_id: externalId, l2vpn } }, { signal, idempotencyKey: key }) {
      const { circuit_id: id, speed, ports: endpoints } = l2vpn;
      return network.replaceCircuit({ id, externalId, speed, endpoints }, { key, signal });
    },
    idPath: 'l2vpn.circuit_id',
    gone: ({ subscription }) => circuitGone(subscription.l2vpn.circuit_id),
  });
