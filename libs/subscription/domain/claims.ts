import { Refusal, type Extra } from '#kernel';
import type {
  ClaimSubscription,
  ReleaseSubscription,
  ReleaseUse,
  ReserveUse,
  SubscriptionEvent,
} from '../published/index.js';
import { staleVersion } from './details.js';
import { heldBy, hindrance, REASONS, type Hindrance, type Reason } from './may-start.js';
import { turnKey, type ExistingSubscription } from './subscription.state.js';

const cannot = (why: string): string => `This subscription cannot be modified ${why}`;

/** Refused claims by reason; reasons that only a form page can give have theirs too. Texts as in reference 1.13. */
const REFUSALS: Readonly<Record<Reason, (keys: Extra) => Refusal>> = {
  [REASONS.claimed]: (keys) => new Refusal('subscription_claimed', 409, 'Another process holds the subscription', keys),
  [REASONS.notInSync]: (keys) =>
    new Refusal('subscription_not_in_sync', 409, 'Subscription already has a running process or task', keys),
  [REASONS.relationsNotInSync]: (keys) =>
    new Refusal(
      'subscription_relations_not_in_sync',
      409,
      cannot('because some related subscriptions are not insync'),
      keys,
    ),
  [REASONS.invalidStatus]: (keys) =>
    new Refusal('subscription_status_unfit', 409, cannot('because of its status'), keys),
  [REASONS.inUse]: (keys) =>
    new Refusal('subscription_in_use', 409, cannot('because it is used in other subscriptions'), keys),
  [REASONS.notPermitted]: (keys) =>
    new Refusal('insufficient_workflow_permissions', 403, 'You may not start this workflow', keys),
};

/** A hindrance as a refusal; its keys are members of the problem, `status` as `subscription_status`. */
export const refusalOf = ({ status, ...keys }: Hindrance): Refusal =>
  REFUSALS[keys.reason]({ ...keys, ...(status && { subscription_status: status }) });

/** Users of a subscription that are not terminated. */
export const liveUsers = ({ users }: ExistingSubscription): readonly string[] =>
  Object.keys(users).filter((id) => users[id] !== 'terminated');

/** Rules 1, 3 and 4 hold at this revision, because they are decided from the same stream that the claim is appended to. */
export function claim(command: ClaimSubscription, state: ExistingSubscription): readonly SubscriptionEvent[] {
  const { processId, workflow, target, isTask, version, turn, time } = command;
  const key = turnKey(processId, turn);
  // A claim that arrives after its process ended (a delayed attempt) must not hold the subscription for nobody.
  if (isHeldBy(key, state) || state.ended.includes(key)) return [];
  const refused = state.holder ? heldBy(state.holder) : hindrance(factsOf(state), command);
  if (refused) throw refusalOf(refused);
  if (version !== undefined && version !== state.version) throw staleVersion(version, state.version);
  return [{ type: 'SubscriptionClaimed', data: { processId, workflow, target, isTask, ...later(turn), time } }];
}

/**
 * A process changes only what its root holds: what comes late, from an attempt that was given up, must not change what another works on.
 * People's changes name no process. Refusal `subscription_not_claimed` 409.
 */
export function refuseUnheld(
  command: { readonly processId?: string; readonly holderId?: string },
  { holder }: ExistingSubscription,
): void {
  const { processId, holderId = processId } = command;
  if (holderId === undefined || holder?.processId === holderId) return;
  const detail = 'a process that does not hold the subscription cannot change it';
  throw new Refusal('subscription_not_claimed', 409, detail, holder ? { claimed_by: heldBy(holder).claimed_by } : {});
}

const factsOf = (state: ExistingSubscription) => ({
  status: state.status,
  insync: state.insync,
  creation: state.creation,
  users: liveUsers(state).map((id) => ({ subscription_id: id })),
});

/** Of the turn it is said of only: what is late must not let go of what is held again. */
export const release = ({ processId, turn, time }: ReleaseSubscription, state: ExistingSubscription) =>
  isHeldBy(turnKey(processId, turn), state)
    ? [{ type: 'SubscriptionReleased', data: { processId, ...later(turn), time } } as const]
    : [];

const isHeldBy = (key: string, { holder }: ExistingSubscription): boolean =>
  holder !== undefined && turnKey(holder.processId, holder.turn) === key;

const later = (turn = 1) => (turn > 1 ? { turn } : {});

/** The use is on record before the user holds the reference, so that a terminate, decided in this stream too, sees it. */
export function reserveUse(command: ReserveUse, state: ExistingSubscription): readonly SubscriptionEvent[] {
  const { userSubscriptionId, userStatus = 'initial', processId, time } = command;
  const known = state.users[userSubscriptionId];
  if (known === userStatus) return [];
  if (known === undefined) {
    refuseWhileEnding(state);
    refuseUnfit(command, state);
  }
  return [{ type: 'UseReserved', data: { userSubscriptionId, userStatus, processId, time } }];
}

function refuseWhileEnding({ status, holder }: ExistingSubscription): void {
  if (status !== 'terminated' && holder?.target !== 'TERMINATE') return;
  const detail = status === 'terminated' ? 'the subscription is terminated' : 'the subscription is being terminated';
  throw new Refusal('subscription_ending', 409, detail, holder ? { claimed_by: heldBy(holder).claimed_by } : {});
}

/** While a process holds it the status may be one of the way, so that it is worth asking again. */
function refuseUnfit({ usableWhen }: ReserveUse, { status, holder }: ExistingSubscription): void {
  if (usableWhen === undefined || usableWhen.includes(status)) return;
  const detail = `A subscription that is ${status} cannot be used here`;
  const about = { subscription_status: status, usable_when: usableWhen };
  if (holder === undefined) throw new Refusal('subscription_status_unfit', 409, detail, about);
  const { claimed_by } = heldBy(holder);
  throw new Refusal('subscription_changing', 503, detail, { ...about, claimed_by, retryAfter: 1 });
}

export function releaseUse(command: ReleaseUse, state: ExistingSubscription): readonly SubscriptionEvent[] {
  const { userSubscriptionId, processId, time } = command;
  if (state.users[userSubscriptionId] === undefined) return [];
  return [{ type: 'UseReleased', data: { userSubscriptionId, processId, time } }];
}
