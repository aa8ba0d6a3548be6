import { Type } from 'typebox';
import { nameOfPortfolio, resultOf, text } from '../../define-stage.js';
import {
  adminCredential,
  azureStage,
  elevated,
  MANAGEMENT,
  MANAGEMENT_GROUPS,
  OPERATION,
  principalCredential,
  remove,
  userObjectId,
} from './shared.js';

/** Azure's own rule for names of management groups. */
const groupName = Type.String({ pattern: '^[a-zA-Z0-9\\-_(). ]{1,89}[a-zA-Z0-9\\-_()]$' });
const GROUP = `${MANAGEMENT_GROUPS}/{management_group_name}`;

const creation = azureStage({
  name: 'INITIAL_MGMT_GROUP',
  label: 'initial management group',
  payload: {
    ...principalCredential,
    management_group_name: {
      schema: groupName,
      from: {
        derived: 'the domain name with the suffix -initial',
        facts: ['domain_name'],
        rule: (domain) => `${String(domain)}-initial`,
      },
    },
    display_name: nameOfPortfolio(90),
  },
  calls: [
    {
      api: 'arm',
      method: 'PUT',
      path: GROUP,
      query: MANAGEMENT,
      token: 'principal',
      body: { properties: { displayName: '{display_name}' } },
      take: { initial_management_group_name: 'name' },
    },
  ],
  undo: {
    calls: [remove({ api: 'arm', path: GROUP, query: MANAGEMENT, token: 'principal' })],
    completion: OPERATION,
  },
  completion: OPERATION,
  result: { initial_management_group_name: text },
});

const verification = azureStage({
  name: 'INITIAL_MGMT_GROUP_VERIFICATION',
  label: 'initial management group verification',
  payload: {
    ...adminCredential,
    user_object_id: userObjectId,
    management_group_name: resultOf('INITIAL_MGMT_GROUP', 'initial_management_group_name'),
  },
  calls: elevated({
    name: 'get',
    api: 'arm',
    method: 'GET',
    path: GROUP,
    query: MANAGEMENT,
    token: 'admin',
    take: { initial_management_group_id: 'id' },
  }),
  result: { initial_management_group_id: text },
});

export const managementGroupStages = [creation, verification];
