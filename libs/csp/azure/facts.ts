import { Type } from 'typebox';

const text = (more: object = {}) => Type.String({ minLength: 1, maxLength: 200, ...more });

/** What a portfolio at this CSP must bring. Names of people and addresses are personal; the password goes to the vault. */
export const azureFacts = Type.Object(
  {
    user_id: Type.Optional(text({ personal: true, description: 'by default first initial and last name' })),
    password: Type.String({ minLength: 8, maxLength: 256, secret: true }),
    domain_name: Type.String({ pattern: '^[a-z0-9]{1,50}$', description: 'lower-case letters and digits' }),
    first_name: text({ personal: true }),
    last_name: text({ personal: true }),
    country_code: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' }),
    password_recovery_email_address: Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 254, personal: true }),
    billing_profile_display_name: text(),
    admin_subscription_display_name: Type.Optional(text()),
    address: Type.Optional(
      Type.Object(
        {
          company_name: text({ personal: true }),
          address_line_1: text({ personal: true }),
          city: text({ personal: true }),
          region: text(),
          country: Type.String({ pattern: '^[A-Z]{2}$' }),
          postal_code: text({ personal: true }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** The address under Azure's names. */
export const WIRE_ADDRESS = {
  companyName: '{address.company_name}',
  addressLine1: '{address.address_line_1}',
  city: '{address.city}',
  region: '{address.region}',
  country: '{address.country}',
  postalCode: '{address.postal_code}',
} as const;
