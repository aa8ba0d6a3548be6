import type { ClaimTerms, Lifecycle } from '../published/index.js';

/** A workflow of a product, as far as the rules look at it; what it says itself goes before the defaults of its target. */
export interface Startable extends Partial<ClaimTerms> {
  readonly name: string;
  /** `CREATE` ... as on the wire of the Workflow Orchestrator. */
  readonly target: string;
  readonly isTask?: boolean;
}

/** Rule 3, by target (reference 1.13). A create never starts on a subscription that is there. */
export const USABLE_WHEN: Readonly<Record<string, readonly Lifecycle[]>> = {
  CREATE: [],
  MODIFY: ['active'],
  TERMINATE: ['active', 'provisioning'],
  SYSTEM: ['active'],
  VALIDATE: ['active'],
  RECONCILE: ['active'],
};

/** Workflows that may start while a subscription is out of sync, whatever their target. */
export const USABLE_OUT_OF_SYNC: readonly string[] = ['modify_note'];

/**
 * The terms a workflow claims a subscription on. A reconcile may start out of sync only where its product says so, to repair after a
 * failed validation: it is exempt neither by its target nor as a task.
 */
export function claimTerms(workflow: Startable, product: { readonly reconcileOutOfSync?: boolean } = {}): ClaimTerms {
  const { name, target, isTask = false } = workflow;
  const exempt =
    target === 'RECONCILE' ? product.reconcileOutOfSync === true : isTask || USABLE_OUT_OF_SYNC.includes(name);
  return {
    usableWhen: workflow.usableWhen ?? USABLE_WHEN[target] ?? [],
    outOfSyncAllowed: workflow.outOfSyncAllowed ?? exempt,
    blockedByUsers: workflow.blockedByUsers ?? target === 'TERMINATE',
  };
}
