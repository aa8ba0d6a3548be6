import { Type } from 'typebox';
import type { Stage } from '#portfolio';
import { DEFAULT_RETRY } from '#runtime';

const TAKE = { subscription_id: 'subscriptionId' } as const;

/** The last stage and read by none, so an operator may do without it. */
export const adminSubscription = {
  name: 'ADMIN_SUBSCRIPTION',
  label: 'admin subscription',
  payload: {
    schema: Type.Object(
      {
        tenant_id: Type.String({ minLength: 1 }),
        billing_profile_id: Type.String({ minLength: 1 }),
        display_name: Type.String({ minLength: 1, maxLength: 200 }),
      },
      { additionalProperties: false },
    ),
    from: {
      tenant_id: { stage: 'TENANT', field: 'tenant_id' },
      billing_profile_id: { stage: 'BILLING_PROFILE', field: 'billing_profile_id' },
      display_name: { fact: 'admin_subscription_display_name', otherwise: 'Administration' },
    },
  },
  effect: 'azure.admin_subscription',
  policy: { retry: DEFAULT_RETRY, completion: { kind: 'callback', deadlineMs: 24 * 3_600_000 }, unknown: 'repeat' },
  result: Type.Object({ subscription_id: Type.String({ minLength: 1 }) }),
  skippable: true,
  calls: [
    {
      api: 'azure',
      method: 'POST',
      path: '/csp/azure/admin-subscriptions',
      body: {
        tenantId: '{tenant_id}',
        billingProfileId: '{billing_profile_id}',
        displayName: '{display_name}',
        callbackUrl: '{callback_url}',
        deadline: '{deadline}',
      },
      take: TAKE,
    },
  ],
  wire: { result: TAKE },
} as const satisfies Stage;
