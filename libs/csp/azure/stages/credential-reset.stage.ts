import { fact, secret, text } from '../../define-stage.js';
import { adminCredential, azureStage, userObjectId } from './shared.js';

/**
 * Sets the administrator's password to one that no stage uses. It lies in the vault like every secret, so that a repeat sends the same
 * bytes: who can sign in with it finds that an earlier attempt had come through.
 */
export const credentialReset = azureStage({
  name: 'TENANT_ADMIN_CREDENTIAL_RESET',
  label: 'tenant admin credential reset',
  payload: { ...adminCredential, user_object_id: userObjectId, new_password: fact('new_password', secret) },
  calls: [
    {
      name: 'look',
      api: 'graph',
      method: 'GET',
      path: '/v1.0/users/{user_object_id}',
      token: 'reset_admin',
      take: { reset_user_id: 'id' },
      tolerate: ['invalid_grant'],
    },
    {
      name: 'reset',
      api: 'graph',
      method: 'PATCH',
      path: '/v1.0/users/{user_object_id}',
      token: 'admin',
      unless: 'reset_user_id',
      body: { passwordProfile: { forceChangePasswordNextSignIn: false, password: '{new_password}' } },
    },
    {
      name: 'check',
      api: 'graph',
      method: 'GET',
      path: '/v1.0/users/{user_object_id}',
      token: 'reset_admin',
      unless: 'reset_user_id',
      take: { reset_user_id: 'id' },
    },
  ],
  ends: ['admin'],
  undo: {
    calls: [
      {
        name: 'look',
        api: 'graph',
        method: 'GET',
        path: '/v1.0/users/{user_object_id}',
        token: 'admin',
        take: { first_user_id: 'id' },
        tolerate: ['invalid_grant'],
      },
      {
        name: 'put_back',
        api: 'graph',
        method: 'PATCH',
        path: '/v1.0/users/{user_object_id}',
        token: 'reset_admin',
        unless: 'first_user_id',
        body: { passwordProfile: { forceChangePasswordNextSignIn: false, password: '{password}' } },
      },
    ],
  },
  result: { reset_user_id: text },
});
