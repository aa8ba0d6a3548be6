import { text } from '../../define-stage.js';
import {
  AUTHORIZATION,
  azureStage,
  MANAGEMENT_GROUPS,
  POLICY,
  principalCredential,
  remove,
  rootGroup,
} from './shared.js';
import { POLICY_DEFINITIONS } from './policy-definitions.js';

const ROOT = `${MANAGEMENT_GROUPS}/{root_management_group_name}`;
const SET = 'purveyor-defaults';
const put = { api: 'arm', method: 'PUT', query: POLICY, token: 'principal' } as const;
const gone = { api: 'arm', query: POLICY, token: 'principal' } as const;
const scope = (kind: string, name: string) => `${ROOT}${AUTHORIZATION}/${kind}/${name}`;

/** The definitions, the set of them, and its assignment to everything in the tenant. */
export const policies = azureStage({
  name: 'POLICIES',
  label: 'policies',
  payload: { ...principalCredential, root_management_group_name: rootGroup },
  calls: [
    ...Object.entries(POLICY_DEFINITIONS).map(([name, properties]) => ({
      ...put,
      name: `define_${name}`,
      path: scope('policyDefinitions', name),
      body: { properties },
    })),
    {
      ...put,
      name: 'define_set',
      path: scope('policySetDefinitions', SET),
      body: {
        properties: {
          displayName: 'Purveyor defaults',
          policyDefinitions: Object.keys(POLICY_DEFINITIONS).map((name) => ({
            policyDefinitionId: `${ROOT}${AUTHORIZATION}/policyDefinitions/${name}`,
          })),
        },
      },
    },
    {
      ...put,
      name: 'assign_set',
      path: scope('policyAssignments', SET),
      body: {
        properties: {
          displayName: 'Purveyor defaults',
          scope: ROOT,
          policyDefinitionId: `${ROOT}${AUTHORIZATION}/policySetDefinitions/${SET}`,
        },
      },
      take: { policy_assignment_id: 'id' },
    },
  ],
  undo: {
    calls: [
      remove({ ...gone, name: 'unassign_set', path: scope('policyAssignments', SET) }),
      remove({ ...gone, name: 'remove_set', path: scope('policySetDefinitions', SET) }),
      ...Object.keys(POLICY_DEFINITIONS).map((name) =>
        remove({ ...gone, name: `remove_${name}`, path: scope('policyDefinitions', name) }),
      ),
    ],
  },
  result: { policy_assignment_id: text },
});
