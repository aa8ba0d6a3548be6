import type { Provisioner, ProvisionerCall } from '#provisioning';
import type { DirectoryPort } from '../directory/directory.port.js';

/** Resource type of a group in the directory. Parameters: group_name, and external_id by which the directory knows whose it is. */
export const USER_GROUP_RESOURCE = 'user_group';

interface Parameters {
  readonly group_name: string;
  readonly external_id: string;
}

/** In-process: the directory answers at once, and is asked for the group before one is made. */
export function userGroupProvisioner(directory: DirectoryPort): Provisioner {
  return {
    type: USER_GROUP_RESOURCE,
    concurrency: 256,
    async call(call) {
      if (call.type === 'deprovision') return { kind: 'done', result: await remove(directory, call) };
      // The same in every operation of the process: a repeat after a failure must find the group that an earlier one made.
      const { group_name, external_id } = call.parameters as unknown as Parameters;
      const { id } = await directory.createGroup(group_name, external_id, call.signal);
      return { kind: 'done', result: { id, address: { group_id: id } } };
    },
  };
}

/** A group that was made without anybody hearing of its id is found by whose it is. */
async function remove(directory: DirectoryPort, { resource, parameters, signal }: ProvisionerCall): Promise<object> {
  const { external_id } = parameters as unknown as Parameters;
  const id = resource.id ?? (await directory.findGroup({ externalId: external_id }, signal))?.id;
  if (id !== undefined) await directory.deleteGroup(id, signal);
  return {};
}
