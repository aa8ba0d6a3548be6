import type { Difference } from '#subscription/published';
import { step } from '#workflow';
import type { DirectoryPort } from '../directory/directory.port.js';
import { changes, differs, drift, loaded, planned } from '../standard/index.js';
import { activeGroup, type ActiveGroup } from './user-group.product.js';

const reads = { subscription: loaded(activeGroup) };

/** What the directory holds otherwise than recorded. A group that is not there cannot be compared any further. */
async function differences(
  { group_id, group_name }: ActiveGroup,
  directory: DirectoryPort,
  signal: AbortSignal,
): Promise<Difference[]> {
  const found = await directory.findGroup({ id: group_id }, signal);
  if (found === undefined) return [...differs('user_group.group_id', group_id, null)];
  return [...differs('user_group.group_name', group_name, found.displayName)];
}

/** Only looks. */
export const compareUserGroup = (directory: DirectoryPort) =>
  [
    step({
      key: 'validate_user_group',
      name: 'Compare user group with the directory',
      reads,
      adds: drift,
      handler: async ({ subscription }, { signal }) => ({
        drift: await differences(subscription.user_group, directory, signal),
      }),
      plan: 'as_it_runs',
    }),
  ] as const;

/**
 * Applies what is recorded; modify and reconcile have these very steps. A group that is gone is not made anew, because its id would be
 * another than the recorded one: refusal `directory_entry_gone` 404.
 */
export const updateUserGroupInExternalSystems = (directory: DirectoryPort) =>
  [
    step({
      key: 'update_user_group_in_external_systems',
      name: 'Update user group in external systems',
      reads,
      adds: changes,
      async handler({ subscription }, { signal }) {
        const { user_group } = subscription;
        const external_changes = await differences(user_group, directory, signal);
        if (external_changes.length > 0)
          await directory.renameGroup(user_group.group_id, user_group.group_name, signal);
        return { external_changes };
      },
      plan: async ({ subscription }, { signal }) =>
        planned('directory', await differences(subscription.user_group, directory, signal)),
    }),
  ] as const;
