import { Type } from 'typebox';
import { fact, resultOf, text } from '../../define-stage.js';
import { azureFacts, WIRE_ADDRESS } from '../facts.js';
import * as shared from './shared.js';

const { properties: facts } = azureFacts;
const TAKE = {
  billing_profile_id: 'id',
  billing_profile_name: 'name',
  billing_profile_display_name: 'properties.displayName',
  invoice_section_id: 'properties.invoiceSections.0.id',
  invoice_section_name: 'properties.invoiceSections.0.name',
} as const;
/** Whichever of the two stages knows the profile's id takes it away. */
const undo = {
  calls: [shared.remove({ api: 'arm', path: '{+billing_profile_id}', query: shared.BILLING, token: 'root' })],
} as const;
const PROFILE = Object.keys(TAKE);
const some = Type.Optional(text);
const whole = Object.fromEntries(PROFILE.map((field) => [field, text]));
const part = Object.fromEntries(PROFILE.map((field) => [field, some]));

const creation = shared.azureStage({
  name: 'BILLING_PROFILE_CREATION',
  label: 'billing profile creation',
  payload: {
    tenant_id: shared.tenantId,
    billing_account_name: shared.billingAccount,
    billing_profile_display_name: fact('billing_profile_display_name', facts.billing_profile_display_name),
    address: fact('address', facts.address),
  },
  calls: [
    {
      api: 'arm',
      method: 'POST',
      path: `${shared.BILLING_ACCOUNT}/billingProfiles`,
      query: shared.BILLING,
      token: 'root',
      body: {
        tenantId: '{tenant_id}',
        displayName: '{billing_profile_display_name}',
        address: WIRE_ADDRESS,
        enabledAzurePlans: [],
      },
      take: TAKE,
    },
  ],
  undo,
  begins: { url: 'billing_profile_verify_url', retryAfter: 'billing_profile_retry_after' },
  result: { billing_profile_verify_url: some, billing_profile_retry_after: Type.Optional(Type.Number()), ...part },
  either: ['billing_profile_verify_url', 'billing_profile_name'],
});

const verification = shared.azureStage({
  name: 'BILLING_PROFILE_VERIFICATION',
  label: 'billing profile verification',
  payload: {
    ...shared.operationOf('BILLING_PROFILE_CREATION', 'billing_profile_verify_url', 'billing_profile_retry_after'),
    ...Object.fromEntries(PROFILE.map((field) => [field, resultOf('BILLING_PROFILE_CREATION', field, some)])),
  },
  awaits: { url: 'billing_profile_verify_url', retryAfter: 'billing_profile_retry_after', token: 'root', take: TAKE },
  undo,
  completion: shared.OPERATION,
  result: whole,
});

/** Azure's fixed definition of the owner of a billing profile. */
const OWNER = '40000000-aaaa-bbbb-cccc-100000000000';

const tenantAccess = shared.azureStage({
  name: 'BILLING_PROFILE_TENANT_ACCESS',
  label: 'billing profile tenant access',
  payload: {
    tenant_id: shared.tenantId,
    user_object_id: shared.userObjectId,
    billing_account_name: shared.billingAccount,
    billing_profile_name: shared.profileName,
  },
  calls: [
    {
      api: 'arm',
      method: 'POST',
      path: `${shared.BILLING_PROFILE}/createBillingRoleAssignment`,
      query: shared.BILLING,
      token: 'root',
      body: {
        principalTenantId: '{tenant_id}',
        principalId: '{user_object_id}',
        billingRoleDefinitionId: `${shared.BILLING_PROFILE}/billingRoleDefinitions/${OWNER}`,
      },
      take: { billing_role_assignment_id: 'id', billing_role_assignment_name: 'name' },
    },
  ],
  undo: {
    calls: [shared.remove({ api: 'arm', path: '{+billing_role_assignment_id}', query: shared.BILLING, token: 'root' })],
  },
  result: { billing_role_assignment_id: text, billing_role_assignment_name: text },
});

export const billingProfileStages = [creation, verification, tenantAccess];
