import type { Provisioner, ProvisionerCall } from '#provisioning';
import type { DirectoryPort } from '../directory/directory.port.js';

/** Resource type of a user in the directory. Parameters: username, affiliation, group_id and external_id by which it is known whose it is. */
export const USER_RESOURCE = 'user';

interface Parameters {
  readonly username: string;
  readonly affiliation: string;
  readonly group_id: string;
  readonly external_id: string;
}
const parametersOf = ({ parameters }: ProvisionerCall): Parameters => parameters as unknown as Parameters;

/** In-process: the user is made once, then made a member of its group; both may be repeated. */
export const userProvisioner = (directory: DirectoryPort): Provisioner => ({
  type: USER_RESOURCE,
  concurrency: 256,
  async call(call) {
    if (call.type === 'deprovision') return { kind: 'done', result: await remove(directory, call) };
    const { username, affiliation, group_id, external_id } = parametersOf(call);
    const attributes = { userName: username, userType: affiliation };
    const { id } = await directory.createUser(attributes, external_id, call.signal);
    await directory.addMember(group_id, id, call.signal);
    return { kind: 'done', result: { id, address: { user_id: id } } };
  },
});

/** A user that was made without anybody hearing of its id is found by whose it is. */
async function remove(directory: DirectoryPort, call: ProvisionerCall): Promise<object> {
  const { external_id } = parametersOf(call);
  const id = call.resource.id ?? (await directory.findUser({ externalId: external_id }, call.signal))?.id;
  if (id !== undefined) await directory.deleteUser(id, call.signal);
  return {};
}
