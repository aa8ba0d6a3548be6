import { Type } from 'typebox';
import type { StagePlan } from '#portfolio';
import { defineStage, resultOf, text } from '../../define-stage.js';
import { AUTHORIZATION, MANAGEMENT_GROUPS, remove, ROLES } from '../stages/shared.js';
import { id, parentStage, principalOf, SECRETS, signIn } from './shared.js';

const prefix = 'azure.environment_role.1';
/** Azure's built-in roles. */
const DEFINITIONS = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  billing_reader: 'fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64',
} as const;

const assignment = defineStage(prefix, {
  name: 'ROLE_ASSIGNMENT',
  label: 'role assignment',
  payload: {
    ...signIn('ENVIRONMENT'),
    management_group_name: resultOf('ENVIRONMENT', 'management_group_name'),
    user_object_id: resultOf('USER', 'user_object_id'),
    role_definition: {
      schema: text,
      from: {
        derived: 'the definition of the named role',
        facts: ['role'],
        rule: (role) => DEFINITIONS[role as keyof typeof DEFINITIONS],
      },
    },
  },
  calls: [
    {
      api: 'arm',
      method: 'PUT',
      path: `${MANAGEMENT_GROUPS}/{management_group_name}${AUTHORIZATION}/roleAssignments/{request_id}`,
      query: ROLES,
      token: 'principal',
      body: {
        properties: {
          roleDefinitionId: `${AUTHORIZATION}/roleDefinitions/{role_definition}`,
          principalId: '{user_object_id}',
        },
      },
      take: { role_assignment_id: 'id' },
    },
  ],
  undo: { calls: [remove({ api: 'arm', path: '{+role_assignment_id}', query: ROLES, token: 'principal' })] },
  result: { role_assignment_id: text },
});

/** What a person may do in an environment; begins when both are there. */
export const environmentRolePlan: StagePlan = {
  csp: 'azure.environment_role',
  name: 'azure.environment_role',
  version: 1,
  facts: Type.Object(
    { environment_id: id, member_id: id, role: Type.Enum(Object.keys(DEFINITIONS)) },
    { additionalProperties: false },
  ),
  stages: [
    parentStage(
      prefix,
      'ENVIRONMENT',
      ['environment_id', 'azure.environment'],
      { ...principalOf('APPLICATION'), management_group_name: 'MANAGEMENT_GROUP.management_group_name' },
      SECRETS,
    ),
    parentStage(prefix, 'USER', ['member_id', 'azure.user'], { user_object_id: 'INVITATION.user_object_id' }),
    assignment,
  ],
};
