import type { Difference } from '#subscription/published';
import type { StepContext } from '#workflow';
import type { DirectoryPort } from '../directory/directory.port.js';
import { entryGone } from '../directory/refusals.js';
import { differs, external, loaded } from '../standard/index.js';
import { formerGroup, groupIdOf } from './user.group-step.js';
import { activeUser, affiliationOf, type ActiveUser } from './user.product.js';

interface Recorded {
  readonly product_id: string;
  readonly user: ActiveUser;
}
/** Ids in the directory. */
interface Groups {
  readonly group: string;
  readonly former: string | undefined;
}

async function groupsOf(
  { user }: Recorded,
  former: string | undefined,
  context: Pick<StepContext, 'load'>,
): Promise<Groups> {
  const group = await groupIdOf(context, user.group.owner_subscription_id);
  return { group, former: former === undefined ? undefined : await groupIdOf(context, former) };
}

/** What the directory holds otherwise than recorded. A user that is not there cannot be compared any further. */
async function differences(
  { product_id, user }: Recorded,
  { group, former }: Groups,
  directory: DirectoryPort,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const found = await directory.findUser({ id: user.user_id }, signal);
  if (found === undefined) return differs('user.user_id', user.user_id, null);
  const member = await directory.isMember(group, user.user_id, signal);
  const left = former === undefined || !(await directory.isMember(former, user.user_id, signal));
  return [
    ...differs('user.username', user.username, found.userName),
    ...differs('affiliation', affiliationOf(product_id), found.userType),
    ...differs('user.group', group, member ? group : null),
    ...(left ? [] : differs('user.former_group', null, former)),
  ];
}

/** A user and its membership in the directory. The new group is joined before the former is left. */
export const userOutside = (directory: DirectoryPort) =>
  external({
    thing: 'user',
    title: 'user',
    system: 'directory',
    reads: { subscription: loaded(activeUser), ...formerGroup },
    async compare({ subscription, former_group }, context) {
      return differences(subscription, await groupsOf(subscription, former_group, context), directory, context.signal);
    },
    async apply({ subscription, former_group }, context) {
      await apply(subscription, await groupsOf(subscription, former_group, context), directory, context.signal);
    },
    idPath: 'user.user_id',
    gone: ({ subscription }) => entryGone('user', subscription.user.user_id),
  });

async function apply(
  { product_id, user }: Recorded,
  { group, former }: Groups,
  directory: DirectoryPort,
  signal: AbortSignal,
) {
  const { user_id, username } = user;
  await directory.replaceUser(user_id, { userName: username, userType: affiliationOf(product_id) }, signal);
  await directory.addMember(group, user_id, signal);
  if (former !== undefined) await directory.removeMember(former, user_id, signal);
}
