import { entry, type ErrorEntry } from './entry.js';

export const schedules: readonly ErrorEntry[] = [
  entry(
    'schedule_not_found',
    404,
    'There is no such schedule',
    'No schedule has this id, or it was deleted, or it is one of another workflow.',
    'List the schedules and use an id from there.',
  ),
  entry(
    'unknown_task',
    404,
    'There is no such task',
    'Only tasks can be scheduled; workflow_name and workflow_id must be those of one.',
    'List the workflows and choose one that is a task.',
  ),
  entry(
    'invalid_trigger',
    422,
    'The trigger is not valid',
    'The date, interval or cron fields do not say when to run; `errors` names each fault.',
    'Correct the named arguments; see docs/reference/schedules.md.',
  ),
  entry(
    'invalid_user_inputs',
    422,
    'The answers do not fit the form',
    'user_inputs are the pages of the form of the task; `errors` names what is missing or not valid.',
    'Ask for the form at POST /api/processes/{workflow} and give its answers.',
  ),
];
