import type { ExistingSubscription } from '#subscription';
import { subscriptionStream, type SubscriptionCommand } from '#subscription/published';
import type { StepContext } from '#workflow';

/** Sends a command to a subscription and answers its state behind it. `purpose` tells apart commands of one type in one step. */
export const send = (
  context: StepContext,
  subscriptionId: string,
  command: SubscriptionCommand,
  purpose: string = command.type,
): Promise<ExistingSubscription> =>
  context.dispatch<ExistingSubscription>(subscriptionStream(subscriptionId), command, purpose);
