import type { ClaimTerms, Holder } from './claim.js';
import type { ReportDrift } from './drift.js';
import type { Lifecycle } from './subscription.events.js';

/** What others may ask of a subscription. `time` is milliseconds since the epoch. Repeats are silence. */
export type SubscriptionCommand =
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
  | { readonly type: 'SetDescription'; readonly description: string; readonly time: number }
  | { readonly type: 'SetStatus'; readonly status: Lifecycle; readonly time: number }
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
 * `subscription_in_use`, the last three with the keys of reference 1.13.
 */
export interface ClaimSubscription extends Holder, ClaimTerms {
  readonly type: 'ClaimSubscription';
  readonly isTask: boolean;
  readonly time: number;
}
/**
 * Owed at every end of a process, after the answer to its claim; from who does not hold it: silence. Who let go of it does not get hold
 * of it again, so that a claim that was delayed on its way holds it for nobody.
 */
export interface ReleaseSubscription {
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
  /** Statuses in which the used one may be taken into use; any if absent. Refusal `subscription_status_unfit`. */
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
