import { Type } from 'typebox';
import type { Answer, FormFault } from '#workflow';
import { areYouSure, pageAbout, productPage, subscriptionPage, type Page } from '../standard/index.js';
import { L2VPN_PRODUCT_ID, speed, vlan } from './l2vpn.product.js';

const port = Type.Object(
  { port: Type.String({ minLength: 1, maxLength: 255, title: 'Port' }), vlan: { ...vlan, title: 'VLAN' } },
  { additionalProperties: false },
);
interface Known {
  readonly speed?: unknown;
  readonly ports?: unknown;
}

const form = (known: Known = {}) =>
  Type.Object(
    {
      speed: { ...speed, title: 'Speed in Mbit/s', ...(known.speed !== undefined && { default: known.speed }) },
      ports: Type.Array(port, {
        minItems: 2,
        maxItems: 8,
        title: 'Ports',
        ...(known.ports !== undefined && { default: known.ports }),
      }),
    },
    { title: 'L2VPN' },
  );
const emptyForm = form();

/** A VLAN of a port leads to one end only. */
function check({ ports }: Answer): readonly FormFault[] {
  const names = (ports as readonly { port: string; vlan: number }[]).map((each) => `${each.port}.${each.vlan}`);
  return names.flatMap((name, at) =>
    names.indexOf(name) === at
      ? []
      : [{ loc: ['ports', at], msg: 'This port and VLAN are there twice', type: 'value_error', input: name }],
  );
}

const bare = ({ port: name, vlan: tag }: { readonly port: string; readonly vlan: number }) => ({
  port: name,
  vlan: tag,
});

const modifyPage: Page = {
  ...pageAbout(({ values: { l2vpn = {} } }) => {
    const recorded = l2vpn as { speed?: number; ports?: readonly { port: string; vlan: number }[] };
    return form({ speed: recorded.speed, ports: recorded.ports?.map(bare) });
  }),
  check,
};

/** By workflow (reference section 1.9). */
export const l2vpnForms: Readonly<Record<string, readonly Page[]>> = {
  create_l2vpn: [productPage([L2VPN_PRODUCT_ID], 'Create L2VPN'), { schema: () => emptyForm, check }],
  modify_l2vpn: [subscriptionPage('Modify L2VPN'), modifyPage],
  terminate_l2vpn: [subscriptionPage('Terminate L2VPN'), areYouSure],
  validate_l2vpn: [subscriptionPage('Validate L2VPN')],
  reconcile_l2vpn: [subscriptionPage('Reconcile L2VPN')],
};
