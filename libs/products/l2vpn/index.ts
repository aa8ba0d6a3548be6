import type { Registration } from '../registration.js';
import { compareL2vpn, updateL2vpnInExternalSystems } from './l2vpn.external.js';
import { l2vpnForms } from './l2vpn.forms.js';
import { l2vpnProduct } from './l2vpn.product.js';
import { l2vpnProvisioner } from './l2vpn.provisioner.js';
import { createL2vpn, modifyL2vpn, reconcileL2vpn, terminateL2vpn, validateL2vpn } from './l2vpn.workflows.js';

export { L2VPN_PRODUCT_ID } from './l2vpn.product.js';

export const l2vpn: Registration = {
  products: [l2vpnProduct],
  workflows({ network }) {
    const external = updateL2vpnInExternalSystems(network);
    return [
      createL2vpn(),
      modifyL2vpn(external),
      terminateL2vpn(),
      validateL2vpn(compareL2vpn(network)),
      reconcileL2vpn(external),
    ];
  },
  provisioners: ({ network }) => [l2vpnProvisioner(network)],
  forms: l2vpnForms,
};
