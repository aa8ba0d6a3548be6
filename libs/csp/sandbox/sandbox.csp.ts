import type { Csp } from '../csp.js';
import { sandboxPlan } from './sandbox.plan.js';
import { sandboxPlanV2 } from './sandbox.plan-v2.js';

/** A provider with a contract of its own, in the sandbox beside Azure. */
export const sandbox: Csp = {
  name: 'sandbox',
  plans: [sandboxPlan, sandboxPlanV2],
  target: ({ base }) => ({ endpoints: { api: `${base}/csp/sandbox` } }),
};
