import type { ClaimTerms, Holder, Lifecycle } from '../published/index.js';
import type { Creation } from './subscription.state.js';

/** Another subscription, as clients are told of it. The description is not known where only its id is. */
export interface Neighbour {
  readonly subscription_id: string;
  readonly subscription_description?: string;
}

/** What the rules look at. The subscription's own stream knows all but relations that are out of sync and authorisation. */
export interface StartFacts {
  readonly status: Lifecycle;
  readonly insync: boolean;
  readonly creation: Creation;
  /** Subscriptions in use of this one that are not terminated. */
  readonly users: readonly Neighbour[];
  /** Direct relations, either way, that are out of sync; for rule 2. */
  readonly lockedRelations?: readonly Neighbour[];
  /** What the workflow's authorisation hook answered; for rule 5. */
  readonly authorised?: boolean;
  readonly holder?: Holder | undefined;
}

export const REASONS = {
  notInSync: 'subscription.not_in_sync',
  relationsNotInSync: 'subscription.relations_not_in_sync',
  invalidStatus: 'subscription.no_modify_invalid_status',
  inUse: 'subscription.no_modify_subscription_in_use_by_others',
  notPermitted: 'subscription.insufficient_workflow_permissions',
  claimed: 'subscription.claimed',
} as const;
export type Reason = (typeof REASONS)[keyof typeof REASONS];

/** Why a workflow may not start; names and keys are those of the Workflow Orchestrator. */
export interface Hindrance {
  readonly reason: Reason;
  readonly locked_relations?: readonly string[];
  readonly locked_relations_detail?: readonly Neighbour[];
  readonly usable_when?: readonly Lifecycle[];
  readonly status?: Lifecycle;
  readonly action?: 'terminated' | 'modified';
  readonly unterminated_in_use_by_subscriptions?: readonly string[];
  readonly unterminated_in_use_by_subscriptions_detail?: readonly Neighbour[];
  /** With `subscription.claimed`: the process that holds it and its workflow. */
  readonly claimed_by?: { readonly process_id: string; readonly workflow_name: string };
}

/**
 * The rules of reference 1.13, in their order: the first of 1 to 3 that fires; 4 replaces its reason and keeps its keys; 5 only when
 * nothing fired. What would start but for another process that holds the subscription is `subscription.claimed`. Undefined: it may.
 */
export function hindrance(facts: StartFacts, terms: ClaimTerms & { readonly target: string }): Hindrance | undefined {
  const found = lock(facts, terms) ?? misfit(facts, terms);
  const blocked = inUse(facts, terms);
  if (blocked) return { ...found, ...blocked };
  if (found) return found;
  if (facts.authorised === false) return { reason: REASONS.notPermitted };
  return facts.holder && heldBy(facts.holder);
}

type Terms = ClaimTerms & { readonly target: string };
const actionOf = ({ target }: Terms) => (target === 'TERMINATE' ? 'terminated' : 'modified');

/** Rules 1 and 2; both have the same exemption. The first does not look at a terminate of what was never created in full. */
function lock({ insync, creation, lockedRelations = [] }: StartFacts, terms: Terms): Hindrance | undefined {
  if (terms.outOfSyncAllowed) return undefined;
  if (!insync && !(terms.target === 'TERMINATE' && creation === 'aborted')) return { reason: REASONS.notInSync };
  return relationsLocked(lockedRelations);
}

/** Rule 2, also shown for the subscription as a whole. */
export function relationsLocked(relations: readonly Neighbour[]): Hindrance | undefined {
  if (relations.length === 0) return undefined;
  return {
    reason: REASONS.relationsNotInSync,
    locked_relations: relations.map((each) => each.subscription_id),
    locked_relations_detail: relations,
  };
}

/** Rule 3. */
function misfit({ status }: StartFacts, terms: Terms): Hindrance | undefined {
  if (terms.usableWhen.includes(status)) return undefined;
  return { reason: REASONS.invalidStatus, usable_when: terms.usableWhen, status, action: actionOf(terms) };
}

/** Rule 4. */
function inUse({ users }: StartFacts, terms: Terms): Hindrance | undefined {
  if (!terms.blockedByUsers || users.length === 0) return undefined;
  return {
    reason: REASONS.inUse,
    unterminated_in_use_by_subscriptions: users.map((each) => each.subscription_id),
    unterminated_in_use_by_subscriptions_detail: users,
    action: actionOf(terms),
  };
}

export const heldBy = ({ processId, workflow }: Holder): Hindrance => ({
  reason: REASONS.claimed,
  claimed_by: { process_id: processId, workflow_name: workflow },
});
