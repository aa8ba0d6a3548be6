import { Type, type Static } from 'typebox';
import { field, nestedList, type Block, type Product } from '#catalogue';

export const L2VPN_PRODUCT_ID = '7b1f2f0e-6a0d-4c58-9f3c-5d3e1b9a4c21';

const text = Type.String({ minLength: 1 });
export const vlan = Type.Integer({ minimum: 1, maximum: 4094 });
/** Mbit/s. */
export const speed = Type.Integer({ minimum: 1, maximum: 100_000 });

const portBlock = {
  name: 'L2vpnPortBlock',
  tag: 'L2PORT',
  description: 'A port of the network and the VLAN by which the L2VPN is reached there',
  fields: { port: field(text, 'provisioning'), vlan: field(vlan, 'provisioning') },
} satisfies Block;

export const l2vpnBlock = {
  name: 'L2vpnBlock',
  tag: 'L2VPN',
  description: 'A circuit that joins ports on layer 2',
  fields: {
    speed: field(speed, 'provisioning'),
    ports: nestedList(portBlock, { min: 2, max: 8 }, 'provisioning'),
    circuit_id: field(text, 'active'),
  },
} satisfies Block;

export const ports = Type.Array(Type.Object({ port: text, vlan }), { minItems: 2, maxItems: 8 });
/** The blocks of an active subscription, and those of one of which less may be there, as steps read them. */
export const activeL2vpn = { l2vpn: Type.Object({ speed, ports, circuit_id: text }) };
export type ActiveL2vpn = Static<typeof activeL2vpn.l2vpn>;
export const anyL2vpn = { l2vpn: Type.Optional(Type.Partial(activeL2vpn.l2vpn)) };

export const l2vpnProduct: Product = {
  productId: L2VPN_PRODUCT_ID,
  name: 'L2VPN',
  description: 'Layer 2 virtual private network',
  productType: 'L2VPN',
  tag: 'L2VPN',
  createdAt: '2026-01-01T00:00:00+00:00',
  blocks: { l2vpn: l2vpnBlock },
  workflows: [
    { name: 'create_l2vpn', target: 'CREATE', description: 'Create L2VPN' },
    { name: 'modify_l2vpn', target: 'MODIFY', description: 'Modify L2VPN' },
    { name: 'terminate_l2vpn', target: 'TERMINATE', description: 'Terminate L2VPN' },
    { name: 'validate_l2vpn', target: 'VALIDATE', description: 'Validate L2VPN' },
    { name: 'reconcile_l2vpn', target: 'RECONCILE', description: 'Reconcile L2VPN' },
  ],
  // What a validation finds may be repaired at once: a circuit that is not as recorded carries traffic nobody ordered.
  reconcileOutOfSync: true,
};
