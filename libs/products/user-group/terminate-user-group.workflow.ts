import { operationStep, type WorkflowDefinition } from '#workflow';
import { loaded, terminateWorkflow } from '../standard/index.js';
import { anyGroup } from './user-group.product.js';
import { USER_GROUP_RESOURCE } from './user-group.provisioner.js';

/** Takes the group out of the directory. One that is gone already counts as deprovisioned. */
export function terminateUserGroup(): WorkflowDefinition {
  return terminateWorkflow(
    { key: 'terminate_user_group', version: 1, description: 'Terminate user group', blocks: anyGroup },
    [
      operationStep({
        key: 'deprovision_user_group',
        name: 'Deprovision user group',
        reads: { subscription: loaded(anyGroup) },
        manifest: ({ subscription: { subscription_id } }) => ({
          needs: [{ id: 'group', type: USER_GROUP_RESOURCE, parameters: { external_id: subscription_id } }],
        }),
        // Without an id the group was never heard of, but it may have been made: it is looked for by whose it is.
        adopted: ({ subscription: { user_group } }) => ({
          group: user_group?.group_id === undefined ? {} : { id: user_group.group_id },
        }),
        result: () => ({}),
      }),
    ],
  );
}
