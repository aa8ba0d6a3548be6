import type { WorkflowDefinition } from '#workflow';
import { reconcileWorkflow } from '../standard/index.js';
import type { updateUserGroupInExternalSystems } from './user-group.external.js';
import { activeGroup } from './user-group.product.js';

/** Applies what is recorded to the directory once more. */
export function reconcileUserGroup(external: ReturnType<typeof updateUserGroupInExternalSystems>): WorkflowDefinition {
  const meta = { key: 'reconcile_user_group', version: 1, description: 'Reconcile user group', blocks: activeGroup };
  return reconcileWorkflow(meta, external);
}
