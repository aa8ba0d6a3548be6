import type { Registration } from '../registration.js';
import { l2vpnOutside } from './l2vpn.external.js';
import { l2vpnForms } from './l2vpn.forms.js';
import { l2vpnProduct } from './l2vpn.product.js';
import { l2vpnProvisioner } from './l2vpn.provisioner.js';
import { createL2vpn, modifyL2vpn, reconcileL2vpn, terminateL2vpn, validateL2vpn } from './l2vpn.workflows.js';

export { L2VPN_PRODUCT_ID } from './l2vpn.product.js';

export const l2vpn: Registration = {
  products: [l2vpnProduct],
  workflows({ network }) {
    const outside = l2vpnOutside(network);
    return [createL2vpn(), modifyL2vpn(outside), terminateL2vpn(), validateL2vpn(outside), reconcileL2vpn(outside)];
  },
  provisioners: ({ network }) => [l2vpnProvisioner(network)],
  forms: l2vpnForms,
};
