import { resultOf, secret, text } from '../../define-stage.js';
import { constant } from '../../define-stage.js';
import { adminCredential, azureStage, remove } from './shared.js';

const appId = resultOf('TENANT_PRINCIPAL_APP', 'principal_app_id');

const app = azureStage({
  name: 'TENANT_PRINCIPAL_APP',
  label: 'tenant principal app',
  payload: { ...adminCredential, app_display_name: constant('Purveyor Remote Admin') },
  calls: [
    {
      api: 'graph',
      method: 'POST',
      path: '/v1.0/applications',
      token: 'admin',
      body: { displayName: '{app_display_name}' },
      take: { principal_app_id: 'appId', principal_app_object_id: 'id' },
    },
  ],
  undo: { calls: [remove({ api: 'graph', path: '/v1.0/applications/{principal_app_object_id}', token: 'admin' })] },
  result: { principal_app_id: text, principal_app_object_id: text },
});

const principal = azureStage({
  name: 'TENANT_PRINCIPAL',
  label: 'tenant principal',
  payload: { ...adminCredential, principal_app_id: appId },
  calls: [
    {
      api: 'graph',
      method: 'POST',
      path: '/v1.0/servicePrincipals',
      token: 'admin',
      body: { appId: '{principal_app_id}' },
      take: { principal_id: 'id' },
    },
  ],
  undo: { calls: [remove({ api: 'graph', path: '/v1.0/servicePrincipals/{principal_id}', token: 'admin' })] },
  result: { principal_id: text },
});

/** The secret goes from the answer into the vault; the result names its place there. */
const credential = azureStage({
  name: 'TENANT_PRINCIPAL_CREDENTIAL',
  label: 'tenant principal credential',
  payload: {
    ...adminCredential,
    principal_app_object_id: resultOf('TENANT_PRINCIPAL_APP', 'principal_app_object_id'),
    credential_display_name: constant('Purveyor'),
  },
  calls: [
    {
      api: 'graph',
      method: 'POST',
      path: '/v1.0/applications/{principal_app_object_id}/addPassword',
      token: 'admin',
      body: { passwordCredential: { displayName: '{credential_display_name}' } },
      take: { principal_client_secret: 'secretText', principal_credential_id: 'keyId' },
    },
  ],
  undo: {
    calls: [
      {
        api: 'graph',
        method: 'POST',
        path: '/v1.0/applications/{principal_app_object_id}/removePassword',
        token: 'admin',
        body: { keyId: '{principal_credential_id}' },
        tolerate: ['404'],
      },
    ],
  },
  result: { principal_client_secret: secret, principal_credential_id: text },
});

export const tenantPrincipalStages = [app, principal, credential];
