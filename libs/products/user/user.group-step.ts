import { Type } from 'typebox';
import { instanceId } from '#catalogue';
import type { ExistingSubscription } from '#subscription';
import { subscriptionStream } from '#subscription/published';
import { step, type StepContext } from '#workflow';
import { loaded, releaseUse, reserveUse } from '../standard/index.js';
import { anyUser } from './user.product.js';

const text = Type.String();

/** The group a user is in, or is to be in, in the state. */
export const group = { group: Type.Object({ subscription_id: text, group_id: text, group_name: text }) };
/** Subscription of the group it was in before, if that was another. */
export const formerGroup = { former_group: Type.Optional(text) };

export const referenceTo = (subscriptionId: string) => ({
  owner_subscription_id: subscriptionId,
  subscription_instance_id: instanceId(subscriptionId, ['user_group']),
});

/** Before the reference is recorded the group knows of its user, so that it is not terminated behind its back. */
export const reserveUserGroup = reserveUse({
  key: 'reserve_user_group',
  name: 'Reserve user group',
  reads: { user_group_id: text, subscription: loaded(anyUser) },
  adds: { ...group, ...formerGroup },
  of: ({ user_group_id }) => user_group_id,
  result(used, { subscription: { user } }) {
    const { user_group } = used as unknown as { user_group: { group_id: string; group_name: string } };
    const former = user?.group?.owner_subscription_id;
    const changed = former !== undefined && former !== used.subscription_id;
    const { group_id, group_name } = user_group;
    return {
      group: { subscription_id: used.subscription_id, group_id, group_name },
      ...(changed && { former_group: former }),
    };
  },
});

/** When the directory is as recorded, the group that was left is free. */
export const releaseFormerGroup = step({
  key: 'release_user_group',
  name: 'Release former user group',
  reads: { subscription_id: text, ...formerGroup },
  async handler({ subscription_id, former_group }, context) {
    if (former_group !== undefined) await releaseUse(context, former_group, subscription_id);
    return {};
  },
  plan: 'as_it_runs',
});

/** Id of a group in the directory, as its own subscription has it now. */
export async function groupIdOf(context: Pick<StepContext, 'load'>, subscriptionId: string): Promise<string> {
  const { values } = await context.load<ExistingSubscription>(subscriptionStream(subscriptionId));
  return String(values['user_group']?.['group_id']);
}
