import { Type } from 'typebox';
import { constant, fact, resultOf, secret, text } from '../../define-stage.js';
import { azureStage, principalCredential, recoveryEmail, remove } from './shared.js';

const NAME = '{mail_nickname}@{domain_name}.onmicrosoft.com';
/** Azure's template of the directory role Billing Administrator. */
const BILLING_ADMINISTRATOR = 'b0f54661-2d74-4c50-afa3-1ec803f12efe';

/** Each step looks before it makes, so the stage can be repeated from any of them. */
export const billingOwner = azureStage({
  name: 'BILLING_OWNER',
  label: 'billing owner',
  payload: {
    ...principalCredential,
    domain_name: resultOf('TENANT', 'domain_name'),
    display_name: constant('Billing Owner'),
    mail_nickname: constant('billing_owner'),
    billing_owner_password: fact('billing_owner_password', secret),
    password_recovery_email_address: recoveryEmail,
  },
  calls: [
    {
      name: 'find_user',
      api: 'graph',
      method: 'GET',
      path: `/v1.0/users/${NAME}`,
      token: 'principal',
      take: { billing_owner_id: 'id' },
      tolerate: ['404'],
    },
    {
      name: 'create_user',
      api: 'graph',
      method: 'POST',
      path: '/v1.0/users',
      token: 'principal',
      unless: 'billing_owner_id',
      body: {
        accountEnabled: true,
        displayName: '{display_name}',
        mailNickname: '{mail_nickname}',
        userPrincipalName: NAME,
        passwordProfile: { forceChangePasswordNextSignIn: true, password: '{billing_owner_password}' },
      },
      take: { billing_owner_id: 'id' },
    },
    {
      name: 'set_mail',
      api: 'graph',
      method: 'PATCH',
      path: '/v1.0/users/{billing_owner_id}',
      token: 'principal',
      body: { otherMails: ['{password_recovery_email_address}'] },
    },
    {
      name: 'find_role',
      api: 'graph',
      method: 'GET',
      path: '/v1.0/directoryRoles',
      token: 'principal',
      find: { in: 'value', where: { roleTemplateId: BILLING_ADMINISTRATOR } },
      take: { billing_role_id: 'id' },
    },
    {
      name: 'activate_role',
      api: 'graph',
      method: 'POST',
      path: '/v1.0/directoryRoles',
      token: 'principal',
      unless: 'billing_role_id',
      body: { roleTemplateId: BILLING_ADMINISTRATOR },
      take: { billing_role_id: 'id' },
    },
    {
      name: 'assign_role',
      api: 'graph',
      method: 'POST',
      path: '/beta/roleManagement/directory/roleAssignments',
      token: 'principal',
      body: { principalId: '{billing_owner_id}', roleDefinitionId: BILLING_ADMINISTRATOR, resourceScope: '/' },
      tolerate: ['409'],
    },
  ],
  undo: { calls: [remove({ api: 'graph', path: `/v1.0/users/${NAME}`, token: 'principal' })] },
  result: { billing_owner_id: text, billing_role_id: Type.String({ minLength: 1 }) },
});
