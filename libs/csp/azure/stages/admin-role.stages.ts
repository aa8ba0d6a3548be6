import { resultOf, text } from '../../define-stage.js';
import { adminCredential, azureStage, principalId, remove } from './shared.js';

const DIRECTORY = '/beta/roleManagement/directory';

const definition = azureStage({
  name: 'ADMIN_ROLE_DEFINITION',
  label: 'admin role definition',
  payload: adminCredential,
  calls: [
    {
      api: 'graph',
      method: 'GET',
      path: `${DIRECTORY}/roleDefinitions`,
      token: 'admin',
      find: { in: 'value', where: { displayName: 'Global Administrator' } },
      take: { admin_role_def_id: 'id' },
    },
  ],
  result: { admin_role_def_id: text },
});

const role = azureStage({
  name: 'PRINCIPAL_ADMIN_ROLE',
  label: 'principal admin role',
  payload: {
    ...adminCredential,
    principal_id: principalId,
    admin_role_def_id: resultOf('ADMIN_ROLE_DEFINITION', 'admin_role_def_id'),
  },
  calls: [
    {
      api: 'graph',
      method: 'POST',
      path: `${DIRECTORY}/roleAssignments`,
      token: 'admin',
      body: { principalId: '{principal_id}', roleDefinitionId: '{admin_role_def_id}', resourceScope: '/' },
      take: { principal_assignment_id: 'id' },
    },
  ],
  undo: {
    calls: [remove({ api: 'graph', path: `${DIRECTORY}/roleAssignments/{principal_assignment_id}`, token: 'admin' })],
  },
  result: { principal_assignment_id: text },
});

/** Microsoft Graph itself, the same in every tenant. */
const GRAPH_APP = '00000003-0000-0000-c000-000000000000';
/** Its application role Directory.ReadWrite.All. */
const DIRECTORY_READ_WRITE_ALL = '19dbc75e-c2e2-444c-a770-ec69d8559fc7';

const permissions = azureStage({
  name: 'PRINCIPAL_APP_GRAPH_API_PERMISSIONS',
  label: 'principal app graph API permissions',
  payload: { ...adminCredential, principal_id: principalId },
  calls: [
    {
      name: 'find_graph',
      api: 'graph',
      method: 'GET',
      path: '/v1.0/servicePrincipals',
      query: { $filter: `appId eq '${GRAPH_APP}'` },
      token: 'admin',
      find: { in: 'value', where: { appId: GRAPH_APP } },
      take: { graph_id: 'id' },
    },
    {
      name: 'grant',
      api: 'graph',
      method: 'POST',
      path: '/v1.0/servicePrincipals/{principal_id}/appRoleAssignments',
      token: 'admin',
      body: { principalId: '{principal_id}', resourceId: '{graph_id}', appRoleId: DIRECTORY_READ_WRITE_ALL },
      take: { app_role_assignment_id: 'id' },
    },
  ],
  undo: {
    calls: [
      remove({
        api: 'graph',
        path: '/v1.0/servicePrincipals/{principal_id}/appRoleAssignments/{app_role_assignment_id}',
        token: 'admin',
      }),
    ],
  },
  result: { app_role_assignment_id: text },
});

export const adminRoleStages = [definition, role, permissions];
