import { LIFECYCLE, type Drift, type Holder, type Lifecycle, type Turn } from '../published/index.js';

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** How far the process got that created it; `aborted`: it let go before the subscription was in sync for the first time. */
export type Creation = 'running' | 'aborted' | 'done';

export interface CustomerDescription {
  readonly customerId: string;
  readonly description: string;
  readonly version: number;
}

interface Common {
  readonly productId: string;
  readonly productName: string;
  readonly customerId: string;
  readonly description: string;
  readonly insync: boolean;
  /** See `versionAfter`. */
  readonly version: number;
  readonly note: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** By their own ids. */
  readonly customerDescriptions: Readonly<Record<string, CustomerDescription>>;
  /** By block attribute. */
  readonly values: Values;
  /** Ids of the processes that are related to it. */
  readonly processes: readonly string[];
  /** ms since the epoch, of the first activation. */
  readonly startDate: number | undefined;
  readonly creation: Creation;
  /** The process that holds it. */
  readonly holder: (Holder & Turn & { readonly isTask: boolean }) | undefined;
  /** The last turns of processes that let go of it, oldest first (see `turnKey`): none of them takes hold again. */
  readonly ended: readonly string[];
  /** Subscriptions that use this one, by id, with the status they told last. */
  readonly users: Readonly<Record<string, Lifecycle>>;
  /** What a validation found; kept when it is put in sync by hand, gone when another finds nothing or it is repaired. */
  readonly drift?: Drift;
}

/** A process in one of its turns. */
export const turnKey = (processId: string, turn = 1): string => (turn === 1 ? processId : `${processId}/${turn}`);

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

/** By a subscription's new status, the statuses that subscriptions using it may have (reference 1.3). */
export const SAFE_USERS: Readonly<Record<Lifecycle, readonly Lifecycle[]>> = {
  initial: ['initial'],
  active: LIFECYCLE,
  migrating: ['initial', 'migrating', 'terminated'],
  provisioning: ['initial', 'provisioning', 'active', 'terminated'],
  terminated: ['initial', 'terminated'],
  disabled: ['initial', 'disabled', 'terminated'],
};
