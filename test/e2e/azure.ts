import type { LedgerEntry } from '../../apps/sandbox/sandbox.types.js';
import type { World } from './world.js';

/** The stages of version 2 in their order, written down a second time so that the plan cannot agree with itself. */
export const STAGES = [
  'TENANT',
  'BILLING_PROFILE_CREATION',
  'BILLING_PROFILE_VERIFICATION',
  'BILLING_PROFILE_TENANT_ACCESS',
  'TASK_ORDER_BILLING_CREATION',
  'TASK_ORDER_BILLING_VERIFICATION',
  'BILLING_INSTRUCTION',
  'PRODUCT_PURCHASE',
  'PRODUCT_PURCHASE_VERIFICATION',
  'TENANT_PRINCIPAL_APP',
  'TENANT_PRINCIPAL',
  'TENANT_PRINCIPAL_CREDENTIAL',
  'ADMIN_ROLE_DEFINITION',
  'PRINCIPAL_ADMIN_ROLE',
  'PRINCIPAL_APP_GRAPH_API_PERMISSIONS',
  'INITIAL_MGMT_GROUP',
  'INITIAL_MGMT_GROUP_VERIFICATION',
  'TENANT_ADMIN_OWNERSHIP',
  'TENANT_PRINCIPAL_OWNERSHIP',
  'BILLING_OWNER',
  'TENANT_ADMIN_CREDENTIAL_RESET',
  'POLICIES',
] as const;
/** Every request that changes something for good, in the order the plan has them. */
export const CHANGES: readonly string[] = [
  'createTenant',
  'createBillingProfile',
  'createBillingRoleAssignment',
  'enableAzurePlans',
  'billingInstruction',
  'purchaseProduct',
  'createApplication',
  'createServicePrincipal',
  'addPassword',
  'assignDirectoryRole',
  'grantAppRole',
  'putManagementGroup',
  'putRoleAssignment',
  'putRoleAssignment',
  'createUser',
  'updateUser',
  'activateDirectoryRole',
  'assignDirectoryRole',
  'updateUser',
  'put_policyDefinitions',
  'put_policyDefinitions',
  'put_policyDefinitions',
  'put_policySetDefinitions',
  'put_policyAssignments',
];

/** Access to everything is taken and given back within one attempt, so it is not counted. */
export const PASSING: readonly string[] = ['elevateAccess', 'lowerAccess'];

/** What a portfolio's requests changed for good, in their order. */
export const changesOf = async (world: World, id: string): Promise<readonly LedgerEntry[]> =>
  (await world.ledger()).filter(
    ({ applied, key, kind }) => applied && key?.startsWith(`portfolio-${id}/`) && !PASSING.includes(kind),
  );

/** What exists in the sandbox's Azure, by collection. */
export async function objectsIn(world: World, collection: string): Promise<readonly { scope: string; name: string }[]> {
  const answer = await fetch(`${world.sandboxUrl}/azure/objects`);
  const all = (await answer.json()) as { collection: string; scope: string; name: string }[];
  return all.filter((one) => one.collection === collection);
}
