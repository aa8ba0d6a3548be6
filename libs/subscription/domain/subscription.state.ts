import type { Lifecycle } from '../published/index.js';

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Common {
  readonly productId: string;
  readonly productName: string;
  readonly customerId: string;
  readonly description: string;
  readonly insync: boolean;
  /** By block attribute. */
  readonly values: Values;
  /** Ids of the processes that are related to it. */
  readonly processes: readonly string[];
  /** ms since the epoch, of the first activation. */
  readonly startDate: number | undefined;
}

export type SubscriptionState =
  | { readonly status: 'none' }
  | (Common &
      (
        | { readonly status: Exclude<Lifecycle, 'terminated'> }
        | { readonly status: 'terminated'; readonly endDate: number }
      ));
export type ExistingSubscription = Exclude<SubscriptionState, { status: 'none' }>;

/** Where a subscription may go. Drives decisions, refusals and documentation. */
export const LEGAL_MOVES: Readonly<Record<Lifecycle, readonly Lifecycle[]>> = {
  initial: ['provisioning', 'active', 'terminated'],
  provisioning: ['active', 'migrating', 'disabled', 'terminated'],
  active: ['provisioning', 'migrating', 'disabled', 'terminated'],
  migrating: ['provisioning', 'active', 'disabled', 'terminated'],
  disabled: ['provisioning', 'active', 'terminated'],
  terminated: [],
};
