import { Type } from 'typebox';
import type { WorkflowDefinition } from '#workflow';
import { loaded, modifyWorkflow, moveTo, recordStep } from '../standard/index.js';
import { describeGroup } from './create-user-group.workflow.js';
import type { updateUserGroupInExternalSystems } from './user-group.external.js';
import { activeGroup } from './user-group.product.js';

const text = Type.String();

/** Renames the group. Form answer: group_name. */
export function modifyUserGroup(external: ReturnType<typeof updateUserGroupInExternalSystems>): WorkflowDefinition {
  return modifyWorkflow(
    {
      key: 'modify_user_group',
      version: 1,
      description: 'Modify user group',
      blocks: activeGroup,
      input: { group_name: text },
    },
    [
      moveTo('provisioning'),
      recordStep({
        key: 'update_subscription',
        name: 'Update subscription',
        reads: { group_name: text },
        values: ({ group_name }) => ({ user_group: { group_name } }),
        blocks: activeGroup,
      }),
      recordStep({
        key: 'update_subscription_description',
        name: 'Update subscription description',
        reads: { subscription: loaded(activeGroup) },
        description: ({ subscription }) => describeGroup(subscription.user_group.group_name),
      }),
      moveTo('active'),
      ...external,
    ],
  );
}
