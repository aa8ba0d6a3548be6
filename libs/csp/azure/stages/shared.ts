import type { StageCall } from '#portfolio';
import { Type } from 'typebox';
import { defineStage, fact, resultOf, secret, text, type Field } from '../../define-stage.js';
import { azureFacts } from '../facts.js';

export const azureStage = (given: Parameters<typeof defineStage>[1]) => defineStage('azure.2', given);

const { properties: facts } = azureFacts;

/** Fields that several stages read. */
export const tenantId = resultOf('TENANT', 'tenant_id');
export const userObjectId = resultOf('TENANT', 'user_object_id');
export const principalId = resultOf('TENANT_PRINCIPAL', 'principal_id');
export const profileName = resultOf('BILLING_PROFILE_VERIFICATION', 'billing_profile_name');
export const recoveryEmail = fact('password_recovery_email_address', facts.password_recovery_email_address);
export const rootGroup: Field = tenantId;

/** The account of Azure's billing that pays; ATAT's setting of the same name. */
export const billingAccount: Field = {
  schema: text,
  from: { fact: 'billing_account_name', otherwise: 'purveyor' },
};

/** Signs in as the tenant's administrator. */
export const adminCredential = {
  tenant_id: tenantId,
  user_id: resultOf('TENANT', 'user_id', Type.String({ minLength: 1, personal: true })),
  domain_name: resultOf('TENANT', 'domain_name'),
  password: resultOf('TENANT', 'password', secret),
};

/** Signs in as the tenant's service principal. */
export const principalCredential = {
  tenant_id: tenantId,
  principal_app_id: resultOf('TENANT_PRINCIPAL_APP', 'principal_app_id'),
  principal_client_secret: resultOf('TENANT_PRINCIPAL_CREDENTIAL', 'principal_client_secret', secret),
};

export const BILLING = { 'api-version': '2019-10-01-preview' } as const;
export const MANAGEMENT = { 'api-version': '2020-02-01' } as const;
export const ROLES = { 'api-version': '2015-07-01' } as const;
export const POLICY = { 'api-version': '2019-09-01' } as const;

export const BILLING_ACCOUNT = '/providers/Microsoft.Billing/billingAccounts/{billing_account_name}';
export const BILLING_PROFILE = `${BILLING_ACCOUNT}/billingProfiles/{billing_profile_name}`;
export const MANAGEMENT_GROUPS = '/providers/Microsoft.Management/managementGroups';
export const AUTHORIZATION = '/providers/Microsoft.Authorization';

/** Longest that a long-running operation of Azure may take, and the pace where it names none. */
export const OPERATION = { kind: 'poll', everyMs: 5_000, deadlineMs: 24 * 3_600_000 } as const;

/** Takes something away; what is gone already is as good. */
export const remove = (call: Pick<StageCall, 'api' | 'path' | 'token'> & Partial<StageCall>): StageCall => ({
  method: 'DELETE',
  tolerate: ['404'],
  ...call,
});

/** The fields every stage that waits for an operation of an earlier one has. */
export const operationOf = (stage: string, url: string, retryAfter: string) => ({
  [url]: resultOf(stage, url, Type.Optional(text)),
  [retryAfter]: resultOf(stage, retryAfter, Type.Optional(Type.Number({ minimum: 0 }))),
});

/**
 * Calls in the name of the administrator with access to everything, which is taken away again whatever became of them. In Azure
 * that access is a role assignment at the root (elevateAccess, 2016-07-01).
 */
export const elevated = (...calls: readonly StageCall[]): readonly StageCall[] => [
  {
    name: 'elevate',
    api: 'arm',
    method: 'POST',
    path: `${AUTHORIZATION}/elevateAccess`,
    query: { 'api-version': '2016-07-01' },
    token: 'admin',
    eachAttempt: true,
  },
  // Access spreads slowly in Azure, and an attempt that was given up may still take it away from the next.
  ...calls.map((call) => ({ ...call, again: ['AuthorizationFailed'] })),
  {
    name: 'find_elevation',
    api: 'arm',
    method: 'GET',
    path: `${AUTHORIZATION}/roleAssignments`,
    query: { ...ROLES, $filter: "principalId eq '{user_object_id}'" },
    token: 'admin',
    find: { in: 'value', where: { 'properties.scope': '/' } },
    take: { elevation_id: 'name' },
    always: true,
  },
  {
    name: 'lower',
    api: 'arm',
    method: 'DELETE',
    path: `${AUTHORIZATION}/roleAssignments/{elevation_id}`,
    query: ROLES,
    token: 'admin',
    always: true,
    when: 'elevation_id',
    eachAttempt: true,
  },
];
