import { Type } from 'typebox';
import type { Stage } from '#portfolio';
import { DEFAULT_RETRY } from '#runtime';
import { azureFacts } from './facts.js';

const { properties: facts } = azureFacts;

/** The first initial and the last name, as ATAT names the tenant's first user. */
const nickname = (given: unknown, first: unknown, last: unknown): string =>
  typeof given === 'string' ? given : `${String(first).slice(0, 1)}${String(last)}`.toLowerCase().replace(/\s+/g, '');

export const tenant = {
  name: 'TENANT',
  label: 'tenant',
  payload: {
    schema: Type.Object(
      {
        user_id: Type.String({ minLength: 1, personal: true }),
        password: facts.password,
        domain_name: facts.domain_name,
        first_name: facts.first_name,
        last_name: facts.last_name,
        country_code: facts.country_code,
        password_recovery_email_address: facts.password_recovery_email_address,
      },
      { additionalProperties: false },
    ),
    from: {
      user_id: {
        derived: 'the given id, else first initial and last name',
        facts: ['user_id', 'first_name', 'last_name'],
        rule: nickname,
      },
      password: { fact: 'password' },
      domain_name: { fact: 'domain_name' },
      first_name: { fact: 'first_name' },
      last_name: { fact: 'last_name' },
      country_code: { fact: 'country_code' },
      password_recovery_email_address: { fact: 'password_recovery_email_address' },
    },
  },
  effect: 'azure.tenant',
  policy: { retry: DEFAULT_RETRY, completion: { kind: 'at_once' }, unknown: 'repeat' },
  result: Type.Object({
    user_id: Type.String({ minLength: 1, personal: true }),
    tenant_id: Type.String({ minLength: 1 }),
    user_object_id: Type.String({ minLength: 1 }),
    domain_name: Type.String({ minLength: 1 }),
  }),
  calls: [
    {
      api: 'azure',
      method: 'POST',
      path: '/csp/azure/tenants',
      body: {
        userId: '{user_id}',
        password: '{password}',
        domainName: '{domain_name}',
        firstName: '{first_name}',
        lastName: '{last_name}',
        countryCode: '{country_code}',
        passwordRecoveryEmailAddress: '{password_recovery_email_address}',
      },
      take: { user_id: 'userId', tenant_id: 'tenantId', user_object_id: 'objectId', domain_name: 'domainName' },
    },
  ],
} as const satisfies Stage;
