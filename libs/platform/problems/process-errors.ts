import { entry, type ErrorEntry } from './entry.js';

export const processes: readonly ErrorEntry[] = [
  entry(
    'step_not_skippable',
    409,
    'The step cannot be skipped',
    'Only a step that has failed, waits for another attempt or for an answer can be passed over; `steps` names those.',
    'Read the process and name one of those steps.',
  ),
  entry(
    'nothing_to_compensate',
    409,
    'Nothing is there to be undone',
    'No step that is done knows how to be undone, or not the one that was named; `steps` names those that do.',
    'Take back by hand what is left over outside.',
  ),
  entry(
    'not_a_task',
    400,
    'The process is no task',
    'Only tasks can be deleted; a workflow stays in the lists.',
    'Leave it, or filter the list.',
  ),
  entry(
    'run_predicate_failed',
    412,
    'The workflow may not run now',
    'The predicate of the workflow says why.',
    'Wait until what it names is over, then start it again.',
  ),
];
