import type { Provisioner } from '#provisioning';
import type { Endpoint, NetworkPort } from '../network/network.port.js';

/** Resource type of a circuit. Parameters: speed, endpoints, and external_id by which it is known whose it is. */
export const L2VPN_RESOURCE = 'l2vpn';

interface Parameters {
  readonly speed: number;
  readonly endpoints: readonly Endpoint[];
  readonly external_id: string;
}

/** In-process: the manager answers at once, and is asked for the circuit before one is made or taken away. */
export const l2vpnProvisioner = (network: NetworkPort): Provisioner => ({
  type: L2VPN_RESOURCE,
  async call({ type, parameters, resource, signal, idempotencyKey: key }) {
    const { speed, endpoints, external_id: externalId } = parameters as unknown as Parameters;
    if (type === 'deprovision') {
      const id = resource.id ?? (await network.findCircuit({ externalId }, signal))?.id;
      if (id !== undefined) await network.deleteCircuit(id, { key, signal });
      return { kind: 'done', result: {} };
    }
    const { id } = await network.createCircuit({ speed, endpoints }, externalId, { key, signal });
    return { kind: 'done', result: { id, address: { circuit_id: id } } };
  },
});
