import type { Difference } from '#subscription/published';
import { step, type StepContext } from '#workflow';
import type { DirectoryPort } from '../directory/directory.port.js';
import { changes, differs, drift, loaded, planned } from '../standard/index.js';
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

/** Only looks. */
export const compareUser = (directory: DirectoryPort) =>
  [
    step({
      key: 'validate_user',
      name: 'Compare user with the directory',
      reads: { subscription: loaded(activeUser) },
      adds: drift,
      async handler({ subscription }, context) {
        const groups = await groupsOf(subscription, undefined, context);
        return { drift: [...(await differences(subscription, groups, directory, context.signal))] };
      },
      plan: 'as_it_runs',
    }),
  ] as const;

/**
 * Applies what is recorded; modify and reconcile have these very steps. The new group is joined before the former is left. A user that is
 * gone is not made anew, because its id would be another than the recorded one: refusal `directory_entry_gone` 404.
 */
export const updateUserInExternalSystems = (directory: DirectoryPort) =>
  [
    step({
      key: 'update_user_in_external_systems',
      name: 'Update user in external systems',
      reads: { subscription: loaded(activeUser), ...formerGroup },
      adds: changes,
      async handler({ subscription, former_group }, context) {
        const { signal } = context;
        const groups = await groupsOf(subscription, former_group, context);
        const external_changes = [...(await differences(subscription, groups, directory, signal))];
        if (external_changes.length > 0) await apply(subscription, groups, directory, signal);
        return { external_changes };
      },
      async plan({ subscription, former_group }, context) {
        const groups = await groupsOf(subscription, former_group, context);
        return planned('directory', await differences(subscription, groups, directory, context.signal));
      },
    }),
  ] as const;

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
