import type { StagePlan } from '#portfolio';
import { adminSubscription } from './admin-subscription.stage.js';
import { billingProfile } from './billing-profile.stage.js';
import { azureFacts } from './facts.js';
import { tenant } from './tenant.stage.js';

/** Version 1: the three stages ATAT began with. */
export const azurePlanV1: StagePlan = {
  csp: 'azure',
  name: 'azure',
  version: 1,
  facts: azureFacts,
  stages: [tenant, billingProfile, adminSubscription],
};
