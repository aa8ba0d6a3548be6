import type { ClaimTerms, Holder, Turn } from './claim.js';
import type { ReportDrift } from './drift.js';
import type { Lifecycle } from './subscription.events.js';

/**
 * What others may ask of a subscription. `time` is milliseconds since the epoch. Repeats are silence. A change with a `processId` is refused
 * `subscription_not_claimed` 409 unless `holderId`, the root process of that one (itself, if absent), holds the subscription.
 */
export type SubscriptionCommand = Asked & { readonly holderId?: string };
type Asked =
  | {
      readonly type: 'CreateSubscription';
      readonly productId: string;
      readonly productName: string;
      readonly customerId: string;
      readonly description: string;
      readonly processId: string;
      /** The root process of `processId`: holds it from its first event on, and releases it at its end. */
      readonly holder?: Holder;
      readonly time: number;
    }
  | ClaimSubscription
  | ReleaseSubscription
  | ReserveUse
  | ReleaseUse
  | ReportDrift
  | {
      readonly type: 'SetValues';
      readonly block: string;
      readonly values: Readonly<Record<string, unknown>>;
      readonly processId: string;
      readonly time: number;
    }
  | {
      readonly type: 'SetDescription';
      /** At most 2000 characters. */
      readonly description: string;
      readonly processId?: string;
      readonly time: number;
    }
  | { readonly type: 'SetStatus'; readonly status: Lifecycle; readonly processId?: string; readonly time: number }
  | SetNote
  | SetMetadata
  | SetCustomerDescription
  | RemoveCustomerDescription
  | SetInSync
  | { readonly type: 'Unsync'; readonly processId: string; readonly time: number }
  | { readonly type: 'Resync'; readonly processId: string; readonly time: number }
  | {
      readonly type: 'RelateProcess';
      readonly processId: string;
      readonly workflow: string;
      readonly target: string;
      readonly time: number;
    };

/**
 * Takes hold of a subscription; the holder again, or a process that let go of it before, is silence. Refusals, 409, decided from the
 * subscription's own events: `subscription_claimed` (with `holder`), `subscription_not_in_sync`, `subscription_status_unfit`,
 * `subscription_in_use`, the last three with the keys of reference 1.13; and `stale_version` 400.
 */
export interface ClaimSubscription extends Holder, ClaimTerms, Turn {
  readonly type: 'ClaimSubscription';
  readonly isTask: boolean;
  readonly time: number;
}
/**
 * Owed at every end of a process, after the answer to its claim; from who does not hold it: silence. Who let go of it does not get hold
 * of it again in the same turn, so that a claim that was delayed on its way holds it for nobody.
 */
export interface ReleaseSubscription extends Turn {
  readonly type: 'ReleaseSubscription';
  readonly processId: string;
  readonly time: number;
}
/**
 * To the subscription that is used, before the user holds the reference; again when the user's status changes. Refusal
 * `subscription_ending` 409 while it is being terminated or is terminated, unless the use is there already.
 */
export interface ReserveUse {
  readonly type: 'ReserveUse';
  readonly userSubscriptionId: string;
  /** Status of the user; `initial` if absent. */
  readonly userStatus?: Lifecycle;
  /**
   * Statuses in which the used one may be taken into use; any if absent. Refusal `subscription_status_unfit` 409, or while a process
   * holds it, which may change that, `subscription_changing` 503.
   */
  readonly usableWhen?: readonly Lifecycle[];
  readonly processId: string;
  readonly time: number;
}
/** When the user ended, or let go of the reference. What is not reserved: silence. */
export interface ReleaseUse {
  readonly type: 'ReleaseUse';
  readonly userSubscriptionId: string;
  readonly processId: string;
  readonly time: number;
}
/** Blank is none; at most 5000 characters. */
export interface SetNote {
  readonly type: 'SetNote';
  readonly note: string | null;
  readonly processId?: string;
  readonly time: number;
}
/** Replaces all of it. Refusal `validation_failed` 400 where it is not what the product asks for. */
export interface SetMetadata {
  readonly type: 'SetMetadata';
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly processId?: string;
  readonly time: number;
}
/**
 * What a customer calls the subscription: one for each customer, with a version of its own. Refusals: `customer_description_exists` 409,
 * `customer_description_not_found` 404 (a change of one that is not there), `stale_version` 400.
 */
export interface SetCustomerDescription {
  readonly type: 'SetCustomerDescription';
  readonly id: string;
  readonly customerId: string;
  readonly description: string;
  /** Whether it is there already. */
  readonly existing: boolean;
  /** The version that the change is made on; not checked if absent. */
  readonly version?: number;
  readonly time: number;
}
/** Refusal `customer_description_not_found` 404. */
export interface RemoveCustomerDescription {
  readonly type: 'RemoveCustomerDescription';
  readonly id: string;
  readonly time: number;
}
/**
 * A person says that it is in sync. Refusal `processes_unfinished` 422 with `process_ids` while a process that is no task holds it, or one of
 * `unfinished`, which the views know of. In sync already: silence.
 */
export interface SetInSync {
  readonly type: 'SetInSync';
  readonly unfinished: readonly string[];
  readonly time: number;
}
