import { text, type Field } from '../../define-stage.js';
import {
  adminCredential,
  AUTHORIZATION,
  azureStage,
  elevated,
  MANAGEMENT_GROUPS,
  principalId,
  remove,
  ROLES,
  rootGroup,
  userObjectId,
} from './shared.js';

const ASSIGNMENTS = `${MANAGEMENT_GROUPS}/{root_management_group_name}${AUTHORIZATION}/roleAssignments`;
/** Azure's built-in role Owner. */
export const OWNER_ROLE = `${AUTHORIZATION}/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`;

/** Makes somebody owner of the tenant's root group; who is it already stays so, and that assignment is the result. */
const ownership = (
  name: string,
  label: string,
  of: string,
  result: string,
  more: Readonly<Record<string, Field>> = {},
) =>
  azureStage({
    name,
    label,
    payload: { ...adminCredential, root_management_group_name: rootGroup, user_object_id: userObjectId, ...more },
    calls: elevated(
      {
        name: 'assign',
        api: 'arm',
        method: 'PUT',
        path: `${ASSIGNMENTS}/{request_id}`,
        query: ROLES,
        token: 'admin',
        body: { properties: { roleDefinitionId: OWNER_ROLE, principalId: `{${of}}` } },
        take: { [result]: 'id' },
        tolerate: ['RoleAssignmentExists'],
      },
      {
        name: 'find',
        api: 'arm',
        method: 'GET',
        path: ASSIGNMENTS,
        query: { ...ROLES, $filter: `principalId eq '{${of}}'` },
        token: 'admin',
        unless: result,
        find: { in: 'value', where: { 'properties.roleDefinitionId': OWNER_ROLE } },
        take: { [result]: 'id' },
      },
    ),
    undo: {
      calls: elevated(remove({ name: 'unassign', api: 'arm', path: `{+${result}}`, query: ROLES, token: 'admin' })),
    },
    result: { [result]: text },
  });

export const ownershipStages = [
  ownership('TENANT_ADMIN_OWNERSHIP', 'tenant admin ownership', 'user_object_id', 'admin_owner_assignment_id'),
  ownership(
    'TENANT_PRINCIPAL_OWNERSHIP',
    'tenant principal ownership',
    'principal_id',
    'principal_owner_assignment_id',
    { principal_id: principalId },
  ),
];
