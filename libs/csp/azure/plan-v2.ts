import type { StagePlan } from '#portfolio';
import { afterAzure } from './after.js';
import { azureFactsV2 } from './facts-v2.js';
import { funding } from './funding.js';
import { adminRoleStages } from './stages/admin-role.stages.js';
import { billingOwner } from './stages/billing-owner.stage.js';
import { billingProfileStages } from './stages/billing-profile.stages.js';
import { credentialReset } from './stages/credential-reset.stage.js';
import { managementGroupStages } from './stages/management-group.stages.js';
import { ownershipStages } from './stages/ownership.stages.js';
import { policies } from './stages/policies.stage.js';
import { productPurchaseStages } from './stages/product-purchase.stages.js';
import { taskOrderStages } from './stages/task-order.stages.js';
import { tenantPrincipalStages } from './stages/tenant-principal.stages.js';
import { tenant } from './stages/tenant.stage.js';
import { taskOrderFaults } from './task-order-faults.js';

/** Version 2: the 22 stages of ATAT, from the tenant to its policies. */
export const azurePlanV2: StagePlan = {
  csp: 'azure',
  name: 'azure',
  version: 2,
  facts: azureFactsV2,
  factFaults: taskOrderFaults,
  start: funding,
  after: afterAzure,
  hasChildren: true,
  stages: [
    tenant,
    ...billingProfileStages,
    ...taskOrderStages,
    ...productPurchaseStages,
    ...tenantPrincipalStages,
    ...adminRoleStages,
    ...managementGroupStages,
    ...ownershipStages,
    billingOwner,
    credentialReset,
    policies,
  ],
  // Version 1 speaks another contract, so only who has begun nothing comes over.
  migrations: [{ from: 1, stages: {}, drops: ['admin_subscription_display_name'] }],
};
