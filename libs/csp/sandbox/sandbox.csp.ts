import type { Csp } from '../csp.js';
import { sandboxPlan } from './sandbox.plan.js';

/** A provider with a contract of its own, in the sandbox beside Azure. */
export const sandbox: Csp = {
  name: 'sandbox',
  plans: [sandboxPlan],
  target: ({ base }) => ({ endpoints: { api: `${base}/csp/sandbox` } }),
};
