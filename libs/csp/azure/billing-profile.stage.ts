import { Type } from 'typebox';
import type { Stage } from '#portfolio';
import { DEFAULT_RETRY } from '#runtime';
import { azureFacts, WIRE_ADDRESS } from './facts.js';

const { properties: facts } = azureFacts;

export const billingProfile = {
  name: 'BILLING_PROFILE',
  label: 'billing profile',
  payload: {
    schema: Type.Object(
      {
        tenant_id: Type.String({ minLength: 1 }),
        billing_profile_display_name: facts.billing_profile_display_name,
        address: facts.address,
      },
      { additionalProperties: false },
    ),
    from: {
      tenant_id: { stage: 'TENANT', field: 'tenant_id' },
      billing_profile_display_name: { fact: 'billing_profile_display_name' },
      address: { fact: 'address' },
    },
  },
  effect: 'azure.billing_profile',
  pollEffect: 'azure.billing_profile.poll',
  policy: {
    retry: DEFAULT_RETRY,
    completion: { kind: 'poll', everyMs: 5_000, deadlineMs: 24 * 3_600_000 },
    unknown: 'repeat',
  },
  result: Type.Object({
    billing_profile_id: Type.String({ minLength: 1 }),
    billing_profile_name: Type.String({ minLength: 1 }),
  }),
  calls: [
    {
      api: 'azure',
      method: 'POST',
      path: '/csp/azure/billing-profiles',
      body: {
        tenantId: '{tenant_id}',
        displayName: '{billing_profile_display_name}',
        address: WIRE_ADDRESS,
      },
      take: {
        billing_profile_id: 'properties.billingProfileId',
        billing_profile_name: 'properties.billingProfileName',
      },
    },
  ],
} as const satisfies Stage;
