import { Type } from 'typebox';
import { fact, secret, text } from '../../define-stage.js';
import { azureFactsV2 } from '../facts-v2.js';
import { tenant as tenantV1 } from '../tenant.stage.js';
import { azureStage } from './shared.js';

const { properties: facts } = azureFactsV2;
const { from } = tenantV1.payload;

/** The password is in the vault before the portfolio exists, so no tenant is ever without its administrator. */
export const tenant = azureStage({
  name: 'TENANT',
  label: 'tenant',
  payload: {
    user_id: { schema: Type.String({ minLength: 1, personal: true }), from: from.user_id },
    password: fact('password', secret),
    domain_name: fact('domain_name', facts.domain_name),
    first_name: fact('first_name', facts.first_name),
    last_name: fact('last_name', facts.last_name),
    country_code: fact('country_code', facts.country_code),
    password_recovery_email_address: fact('password_recovery_email_address', facts.password_recovery_email_address),
  },
  calls: [
    {
      api: 'arm',
      method: 'POST',
      path: '/providers/Microsoft.SignUp/createTenant',
      query: { 'api-version': '2020-01-01-preview' },
      token: 'root',
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
  undo: { cannot: 'Azure deletes a tenant only by hand; its administrator can sign in, the password is in the vault' },
  keeps: ['password'],
  result: {
    user_id: Type.String({ minLength: 1, personal: true }),
    tenant_id: text,
    user_object_id: text,
    domain_name: text,
    password: secret,
  },
});
