import { Type } from 'typebox';
import type { WorkflowDefinition } from '#workflow';
import { comparedFirst, loaded, modifyWorkflow, moveTo, recordStep } from '../standard/index.js';
import { describeGroup } from './create-user-group.workflow.js';
import type { userGroupOutside } from './user-group.external.js';
import { activeGroup } from './user-group.product.js';

const text = Type.String();

/** Renames the group. Form answer: group_name. */
export function modifyUserGroup({ update }: ReturnType<typeof userGroupOutside>): WorkflowDefinition {
  return modifyWorkflow(
    {
      key: 'modify_user_group',
      ...comparedFirst('user_group'),
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
      ...update,
    ],
  );
}
