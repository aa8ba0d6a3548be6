import { Type } from 'typebox';
import { renameGroup, type Directory } from '../../workflow/test/rename-group.js';
import type { DirectoryPort } from '../directory/directory.port.js';
import type { Registration } from '../registration.js';

/** Its own port, made of what the products have. A repeat finds the group under its new name and changes nothing. */
const renaming = (directory: DirectoryPort): Directory => ({
  async rename(from, to, { signal }) {
    const group = await directory.findGroup({ displayName: from }, signal);
    if (group !== undefined) await directory.renameGroup(group.id, to, signal);
  },
});

const name = Type.String({ minLength: 1, maxLength: 255 });
const names = Type.Object({ old_name: name, new_name: name }, { title: 'Rename a group' });

export const renamings: Registration = {
  products: [],
  workflows: ({ directory }) => [renameGroup(renaming(directory))],
  provisioners: () => [],
  forms: { rename_group: [{ schema: () => names }] },
};
