import { Refusal, type Fault } from '#kernel';
import type { Lifecycle, SubscriptionCommand, SubscriptionEvent } from '../published/index.js';
import { by } from './by.js';
import { LEGAL_MOVES, SAFE_USERS, type ExistingSubscription } from './subscription.state.js';

/** What the decider asks the catalogue. */
export interface Requirements {
  /** Mandatory fields that the values lack in a state, as `block.field`. */
  missing(productId: string, values: ExistingSubscription['values'], state: Lifecycle): readonly string[];
  /** What is wrong with new values of a block attribute, by JSON pointer. */
  faults(productId: string, block: string, values: Readonly<Record<string, unknown>>): readonly Fault[];
  /** What is wrong with metadata, by JSON pointer. */
  metadataFaults(productId: string, metadata: Readonly<Record<string, unknown>>): readonly Fault[];
}

type SetStatus = SubscriptionCommand & { readonly type: 'SetStatus' };

/** A move is legal by the table, safe for the users that are on record, and the values are what the new status asks for. */
export function setStatus(
  catalogue: Requirements,
  { status: to, processId, time }: SetStatus,
  state: ExistingSubscription,
): readonly SubscriptionEvent[] {
  if (to === state.status) return [];
  refuseIllegal(to, state);
  refuseUnsafe(to, state);
  const missing = catalogue.missing(state.productId, state.values, to);
  if (missing.length > 0)
    throw new Refusal('missing_fields', 409, `${to} needs ${missing.join(', ')}`, { state: state.status, missing });
  return [moved(to, { ...by(processId), time }, state)];
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

type By = { readonly processId?: string; readonly time: number };

function moved(to: Lifecycle, done: By, { startDate }: ExistingSubscription): SubscriptionEvent {
  switch (to) {
    case 'active':
      return { type: 'SubscriptionActivated', data: { startDate: startDate ?? done.time, ...done } };
    case 'terminated':
      return { type: 'SubscriptionTerminated', data: { endDate: done.time, ...done } };
    case 'migrating':
      return { type: 'SubscriptionMigrating', data: done };
    case 'disabled':
      return { type: 'SubscriptionDisabled', data: done };
    case 'initial':
    case 'provisioning':
      return { type: 'SubscriptionProvisioningStarted', data: done };
  }
}
