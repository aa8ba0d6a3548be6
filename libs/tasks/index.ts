import { choice, page, type FormPage, type WorkflowDefinition } from '#workflow';
import { cleanUpTasks, retentionDays } from './clean-up-tasks.task.js';
import { resumeAll } from './resume-all.task.js';
import { resumeWorkflows } from './resume-workflows.task.js';
import type { TaskPorts } from './task.ports.js';
import { validateProductsTask } from './validate-products.task.js';
import { validateProductType, validateSubscriptions } from './validate-subscriptions.task.js';

export { defaultSchedules } from './default-schedules.js';
export { inRounds, RESUME_ALL } from './resume-all.task.js';
export type * from './task.ports.js';

/** Tasks that every installation has (reference 1.12). */
export const taskWorkflows = (ports: TaskPorts): readonly WorkflowDefinition[] => [
  cleanUpTasks(ports),
  resumeAll,
  resumeWorkflows(ports),
  validateProductType(ports),
  validateSubscriptions(ports),
  validateProductsTask(ports),
];

/** Their forms, by workflow; what is not here asks nothing. */
export function taskForms({
  productTypes,
}: Pick<TaskPorts, 'productTypes'>): Readonly<Record<string, readonly FormPage[]>> {
  const types = Object.fromEntries(productTypes().map((type) => [type, type]));
  const ofType = page('Validate product type', { product_type: choice('Product type', types) });
  const cleaning = page('Clean up tasks', { retention_days: retentionDays });
  return {
    task_validate_product_type: [{ schema: () => ofType }],
    task_clean_up_tasks: [{ schema: () => cleaning }],
  };
}
