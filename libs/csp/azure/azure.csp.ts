import type { Csp } from '../csp.js';
import { azureAccess } from './access.js';
import { applicationPlan } from './children/application.plan.js';
import { environmentPlan } from './children/environment.plan.js';
import { environmentRolePlan } from './children/environment-role.plan.js';
import { userPlan } from './children/user.plan.js';
import { azurePlanV1 } from './plan.js';
import { azurePlanV2 } from './plan-v2.js';

/** Version 1 has endpoints of its own; version 2 speaks to ARM and Graph. */
export const azure: Csp = {
  name: 'azure',
  plans: [azurePlanV1, azurePlanV2, applicationPlan, environmentPlan, userPlan, environmentRolePlan],
  target: ({ base, client, root, now }) => {
    const at = `${base}/csp/azure`;
    return {
      endpoints: { azure: base, arm: `${at}/arm`, graph: `${at}/graph` },
      access: azureAccess({ client, login: `${at}/login`, root, now }),
    };
  },
};
