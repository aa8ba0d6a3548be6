import { Type } from 'typebox';
import { operationStep, type WorkflowDefinition } from '#workflow';
import { createSubscription, createWorkflow, id, recordStep, storeProcessSubscription } from '../standard/index.js';
import { userGroupProduct } from './user-group.product.js';
import { USER_GROUP_RESOURCE } from './user-group.provisioner.js';

const text = Type.String();

/** Creates the subscription and its group in the directory. Form answers: group_name, and customer_id if wanted. */
export function createUserGroup(): WorkflowDefinition {
  return createWorkflow(
    {
      key: 'create_user_group',
      version: 1,
      description: 'Create user group',
      input: { group_name: text, customer_id: Type.Optional(text) },
      activation: { reads: { group_id: text }, values: ({ group_id }) => ({ user_group: { group_id } }) },
    },
    [
      createSubscription(userGroupProduct),
      storeProcessSubscription({}),
      recordStep({
        key: 'initialize_subscription',
        name: 'Initialize subscription',
        reads: { group_name: text },
        values: ({ group_name }) => ({ user_group: { group_name } }),
        description: ({ group_name }) => describeGroup(group_name),
        status: 'provisioning',
      }),
      operationStep({
        key: 'provision_user_group',
        name: 'Provision user group',
        reads: { ...id, group_name: text },
        adds: { group_id: text },
        manifest: ({ subscription_id, group_name }) => ({
          needs: [{ id: 'group', type: USER_GROUP_RESOURCE, parameters: { group_name, external_id: subscription_id } }],
        }),
        result: ({ group }) => ({ group_id: group!.id! }),
      }),
    ],
  );
}

export const describeGroup = (groupName: string): string => `User Group ${groupName}`;
