import { Refusal } from '#kernel';
import type { Lifecycle, SubscriptionEvent } from '../published/index.js';
import { LEGAL_MOVES, SAFE_USERS, type ExistingSubscription } from './subscription.state.js';

/** What the decider asks the catalogue. */
export interface Requirements {
  /** Mandatory fields that the values lack in a state, as `block.field`. */
  missing(productId: string, values: ExistingSubscription['values'], state: Lifecycle): readonly string[];
  /** What is wrong with new values of a block attribute, by JSON pointer. */
  faults(
    productId: string,
    block: string,
    values: Readonly<Record<string, unknown>>,
  ): readonly { readonly pointer: string; readonly message: string }[];
}

/** A move is legal by the table, safe for the users that are on record, and the values are what the new status asks for. */
export function setStatus(
  catalogue: Requirements,
  to: Lifecycle,
  time: number,
  state: ExistingSubscription,
): readonly SubscriptionEvent[] {
  if (to === state.status) return [];
  refuseIllegal(to, state);
  refuseUnsafe(to, state);
  const missing = catalogue.missing(state.productId, state.values, to);
  if (missing.length > 0)
    throw new Refusal('missing_fields', 409, `${to} needs ${missing.join(', ')}`, { state: state.status, missing });
  return [moved(to, time, state)];
}

function refuseIllegal(to: Lifecycle, { status }: ExistingSubscription): void {
  const legal = LEGAL_MOVES[status];
  if (legal.includes(to)) return;
  const detail = `a subscription that is ${status} cannot become ${to}`;
  throw new Refusal('invalid_transition', 409, detail, { state: status, legal });
}

function refuseUnsafe(to: Lifecycle, { status, users }: ExistingSubscription): void {
  const safe = SAFE_USERS[to];
  const offenders = Object.entries(users).filter(([, user]) => !safe.includes(user));
  if (offenders.length === 0) return;
  const named = offenders.map(([id, user]) => `${id} (${user})`).join(', ');
  const detail = `Unsafe status change of Subscription to ${to}: subscriptions that use it are in no fitting status: ${named}`;
  const users_in_the_way = offenders.map(([id, user]) => ({ subscription_id: id, status: user }));
  throw new Refusal('unsafe_status_change', 409, detail, { state: status, safe, users: users_in_the_way });
}

function moved(to: Lifecycle, time: number, { startDate }: ExistingSubscription): SubscriptionEvent {
  switch (to) {
    case 'active':
      return { type: 'SubscriptionActivated', data: { startDate: startDate ?? time, time } };
    case 'terminated':
      return { type: 'SubscriptionTerminated', data: { endDate: time, time } };
    case 'migrating':
      return { type: 'SubscriptionMigrating', data: { time } };
    case 'disabled':
      return { type: 'SubscriptionDisabled', data: { time } };
    case 'initial':
    case 'provisioning':
      return { type: 'SubscriptionProvisioningStarted', data: { time } };
  }
}
