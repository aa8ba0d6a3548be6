import type { DirectoryPort } from '../directory/directory.port.js';
import { entryGone } from '../directory/refusals.js';
import { differs, external, loaded } from '../standard/index.js';
import { activeGroup } from './user-group.product.js';

/** A group in the directory: its name. One that is not there cannot be compared any further. */
export const userGroupOutside = (directory: DirectoryPort) =>
  external({
    thing: 'user_group',
    title: 'user group',
    system: 'directory',
    reads: { subscription: loaded(activeGroup) },
    async compare({ subscription }, { signal }) {
      const { group_id, group_name } = subscription.user_group;
      const found = await directory.findGroup({ id: group_id }, signal);
      if (found === undefined) return differs('user_group.group_id', group_id, null);
      return differs('user_group.group_name', group_name, found.displayName);
    },
    apply({ subscription }, { signal }) {
      const { group_id, group_name } = subscription.user_group;
      return directory.renameGroup(group_id, group_name, signal);
    },
    idPath: 'user_group.group_id',
    gone: ({ subscription }) => entryGone('group', subscription.user_group.group_id),
  });
