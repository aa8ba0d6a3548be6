import type { Lifecycle } from './subscription.events.js';

/** Under which conditions a workflow may take hold of a subscription: what rules 1, 3 and 4 are asked with (reference 1.13). */
export interface ClaimTerms {
  /** Lifecycle states in which it may start (rule 3). */
  readonly usableWhen: readonly Lifecycle[];
  /** Whether it may start although the subscription is out of sync (rule 1). */
  readonly outOfSyncAllowed: boolean;
  /** Whether subscriptions that use this one keep it from starting (rule 4). */
  readonly blockedByUsers: boolean;
  /** The version of the subscription that people looked at when they asked for it; any if absent. */
  readonly version?: number;
}

/**
 * The how-manieth time a process takes hold of a subscription: once more to undo what was left over. 1 if absent. Of each turn the release
 * is for good.
 */
export interface Turn {
  readonly turn?: number;
}

/** Who holds a subscription: a root process; its sub-workflows run under it. */
export interface Holder {
  readonly processId: string;
  readonly workflow: string;
  readonly target: string;
}
