import type { WorkflowDefinition } from '#workflow';
import { validateWorkflow } from '../standard/index.js';
import type { userGroupOutside } from './user-group.external.js';
import { activeGroup } from './user-group.product.js';

/** Compares the group with the directory, and changes nothing there. */
export function validateUserGroup({ validate }: ReturnType<typeof userGroupOutside>): WorkflowDefinition {
  const meta = { key: 'validate_user_group', version: 1, description: 'Validate user group', blocks: activeGroup };
  return validateWorkflow(meta, validate);
}
