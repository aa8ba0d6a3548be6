import type { ExistingSubscription } from '#subscription';
import { subscriptionStream, type SubscriptionCommand } from '#subscription/published';
import type { StepContext } from '#workflow';

/** Sends a command to a subscription, in the name of the root process, and answers its state behind it. `purpose` tells apart commands of one type in one step. */
export const send = (
  context: StepContext,
  subscriptionId: string,
  command: SubscriptionCommand,
  purpose: string = command.type,
): Promise<ExistingSubscription> =>
  context.dispatch<ExistingSubscription>(subscriptionStream(subscriptionId), heldBy(context, command), purpose);

const heldBy = ({ rootProcessId: holderId }: StepContext, command: SubscriptionCommand): SubscriptionCommand => ({
  ...command,
  holderId,
});
