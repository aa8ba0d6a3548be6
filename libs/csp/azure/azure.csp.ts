import type { Csp } from '../csp.js';
import { azureAccess } from './access.js';
import { azurePlanV1 } from './plan.js';
import { azurePlanV2 } from './plan-v2.js';

/** Version 1 has endpoints of its own; version 2 speaks to ARM and Graph. */
export const azure: Csp = {
  name: 'azure',
  plans: [azurePlanV1, azurePlanV2],
  target: ({ base, client, root, now }) => {
    const at = `${base}/csp/azure`;
    return {
      endpoints: { azure: base, arm: `${at}/arm`, graph: `${at}/graph` },
      access: azureAccess({ client, login: `${at}/login`, root, now }),
    };
  },
};
