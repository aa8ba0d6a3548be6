import { Type } from 'typebox';
import { azureFacts } from './facts.js';

const { properties: v1 } = azureFacts;
const text = Type.String({ minLength: 1, maxLength: 200 });
const date = Type.String({
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
  description: 'yyyy-mm-dd, UTC',
});

/** Made here and kept in the vault when nobody gives one. */
const generated = (description: string) =>
  Type.Optional(Type.String({ minLength: 8, maxLength: 256, secret: true, generated: true, description }));

export const clin = Type.Object(
  {
    number: Type.String({ pattern: '^\\d{4}$', description: 'contract line item number' }),
    type: Type.String({ pattern: '^[1-4]$', description: 'last digit of the type of the CLIN' }),
    obligated_amount: Type.Number({ minimum: 0, maximum: 1e12, description: 'in USD' }),
    start_date: date,
    end_date: date,
  },
  { additionalProperties: false, description: 'the dates are the period of performance, both included' },
);

export const taskOrder = Type.Object(
  {
    number: Type.String({ pattern: '^[A-Za-z0-9-]{1,30}$' }),
    signed: Type.Boolean(),
    clins: Type.Array(clin, { maxItems: 100 }),
  },
  { additionalProperties: false },
);

/** What a portfolio brings: its owner, the company with its address, and the task orders that pay for it. */
export const azureFactsV2 = Type.Object(
  {
    user_id: v1.user_id,
    first_name: v1.first_name,
    last_name: v1.last_name,
    country_code: v1.country_code,
    password_recovery_email_address: v1.password_recovery_email_address,
    domain_name: v1.domain_name,
    address: v1.address,
    billing_profile_display_name: v1.billing_profile_display_name,
    billing_account_name: Type.Optional(text),
    premium_licences: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    task_orders: Type.Optional(Type.Array(taskOrder, { maxItems: 100 })),
    password: generated('first password of the tenant administrator'),
    new_password: generated(
      'what the password of the tenant administrator is set to in the end; no stage ever uses it',
    ),
    billing_owner_password: generated('first password of the billing owner'),
  },
  { additionalProperties: false },
);
