import { uuidV5 } from '#platform';
import type { CreateSchedule } from '#schedule/published';

type Default = Pick<CreateSchedule, 'name' | 'workflow' | 'terms'>;

/** As the Workflow Orchestrator has them (reference 1.11), in UTC. Its sweep for callbacks is not among them: timers end such waits here. */
const DEFAULTS: readonly Default[] = [
  { name: 'Resume workflows', workflow: 'task_resume_workflows', terms: { trigger: 'interval', kwargs: { hours: 1 } } },
  { name: 'Clean up tasks', workflow: 'task_clean_up_tasks', terms: { trigger: 'interval', kwargs: { hours: 6 } } },
  {
    name: 'Validate subscriptions',
    workflow: 'task_validate_subscriptions',
    terms: { trigger: 'cron', kwargs: { hour: 0, minute: 10 } },
  },
  {
    name: 'Validate products',
    workflow: 'task_validate_products',
    terms: { trigger: 'cron', kwargs: { hour: 2, minute: 30 } },
  },
];

/** Ids derive from the workflow: what was registered once, and changed or deleted since, is not registered again. */
export const defaultSchedules = (time: number): readonly { readonly id: string; readonly command: CreateSchedule }[] =>
  DEFAULTS.map((each) => ({
    id: uuidV5(JSON.stringify(['default schedule', each.workflow])),
    command: { type: 'CreateSchedule', ...each, by: 'system', time },
  }));
