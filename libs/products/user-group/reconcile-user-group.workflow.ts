import type { WorkflowDefinition } from '#workflow';
import { comparedFirst, reconcileWorkflow } from '../standard/index.js';
import type { userGroupOutside } from './user-group.external.js';
import { activeGroup } from './user-group.product.js';

/** Applies what is recorded to the directory once more. */
export function reconcileUserGroup({ update }: ReturnType<typeof userGroupOutside>): WorkflowDefinition {
  const meta = { key: 'reconcile_user_group', description: 'Reconcile user group', blocks: activeGroup };
  return reconcileWorkflow({ ...meta, ...comparedFirst('user_group') }, update);
}
