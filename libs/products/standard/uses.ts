import type { TProperties } from 'typebox';
import type { ExistingSubscription, SubscriptionState } from '#subscription';
import { subscriptionStream } from '#subscription/published';
import { processStream, step, type ProcessState, type StepContext, type Values } from '#workflow';
import { asLoaded } from './loaded.js';
import { send } from './send.js';
import { id } from './steps.js';

/** A step that reserves the use of another subscription before a reference to it is recorded. */
interface Reservation<K extends string, R extends TProperties, A extends TProperties> {
  readonly key: K;
  readonly name: string;
  readonly reads: R;
  readonly adds: A;
  /** Id of the subscription that is to be used. */
  readonly of: (state: Values<R>) => string;
  /** What the steps behind it need of the used one. */
  readonly result: (used: ReturnType<typeof asLoaded>, state: Values<R>) => Values<A>;
}

/**
 * Reserves in the used subscription's own stream, so that its terminate, decided there too, sees it. Refusals `subscription_ending`,
 * `subscription_status_unfit` 409: only an active one may be taken into use. While another process changes it the step is tried again.
 */
export const reserveUse = <const K extends string, R extends TProperties, A extends TProperties>(
  spec: Reservation<K, R, A>,
) =>
  step<K, typeof id & R, A>({
    key: spec.key,
    name: spec.name,
    reads: { ...id, ...spec.reads },
    adds: spec.adds,
    async handler(state, context) {
      const { subscription_id: userSubscriptionId } = state as { subscription_id: string };
      const user = await context.load<ExistingSubscription>(subscriptionStream(userSubscriptionId));
      const used = spec.of(state as Values<R>);
      const found = await send(context, used, {
        type: 'ReserveUse',
        userSubscriptionId,
        userStatus: user.status,
        usableWhen: ['active'],
        processId: context.processId,
        time: context.now(),
      });
      return spec.result(asLoaded(used, found), state as Values<R>);
    },
    /** A reference that is recorded already keeps its reservation: it goes with the reference. */
    async compensate(state, context) {
      const { subscription_id: own } = state as { subscription_id: string };
      const { values } = await context.load<ExistingSubscription>(subscriptionStream(own));
      const used = spec.of(state as Values<R>);
      if (!ownersIn(values).includes(used)) await releaseUse(context, used, own);
    },
    plan: 'as_it_runs',
  });

/** Lets go of a subscription that is not referred to any more. */
export const releaseUse = (context: StepContext, used: string, userSubscriptionId: string) => {
  const about = { processId: context.processId, time: context.now() };
  return send(context, used, { type: 'ReleaseUse', userSubscriptionId, ...about }, `ReleaseUse ${used}`);
};

/** Releases what processes of the subscription had reserved and never recorded, because they were aborted in between; `asked`: where in their states it is. */
async function releaseAsked(
  context: StepContext,
  userSubscriptionId: string,
  { processes }: ExistingSubscription,
  asked: readonly string[],
): Promise<void> {
  const named = new Set<unknown>();
  // One at a time: a subscription of years has many.
  for (const process of processes) {
    const state = await context.load<ProcessState>(processStream(process));
    if (state.status !== 'none') for (const key of asked) named.add(state.data[key]);
  }
  for (const used of named) {
    if (typeof used !== 'string') continue;
    const state = await context.load<SubscriptionState>(subscriptionStream(used));
    const isReserved = state.status !== 'none' && state.users[userSubscriptionId] !== undefined;
    if (isReserved) await releaseUse(context, used, userSubscriptionId);
  }
}

/** Those that are used know the status of their users: it decides what may become of them. Who is terminated lets go of what it `asked` for, too. */
export async function tellUsed(
  context: StepContext,
  userSubscriptionId: string,
  recorded: ExistingSubscription,
  asked: readonly string[] = [],
): Promise<void> {
  const { values, status: userStatus } = recorded;
  if (userStatus === 'terminated' && asked.length > 0) await releaseAsked(context, userSubscriptionId, recorded, asked);
  for (const used of ownersIn(values)) {
    if (userStatus === 'terminated') await releaseUse(context, used, userSubscriptionId);
    else {
      const about = { processId: context.processId, time: context.now() };
      const command = { type: 'ReserveUse', userSubscriptionId, userStatus, ...about } as const;
      await send(context, used, command, `ReserveUse ${used}`);
    }
  }
}

/** Ids of the subscriptions that values refer to (ADR 0041), each once. */
function ownersIn(values: unknown): readonly string[] {
  if (typeof values !== 'object' || values === null) return [];
  const { owner_subscription_id: owner } = values as { owner_subscription_id?: unknown };
  const own = typeof owner === 'string' ? [owner] : [];
  return [...new Set([...own, ...Object.values(values).flatMap(ownersIn)])];
}
