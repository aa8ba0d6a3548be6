import { entry, type ErrorEntry } from './entry.js';

export const processes: readonly ErrorEntry[] = [
  entry(
    'start_forbidden',
    403,
    'You may not start this workflow',
    'The authorisation of the workflow does not let you start it.',
    'Ask somebody who may.',
  ),
  entry(
    'resume_forbidden',
    403,
    'You may not resume this process',
    'The authorisation of the workflow, or of the step that waits, does not let you go on with it.',
    'Ask somebody who may.',
  ),
  entry(
    'resume_all_in_progress',
    409,
    'Already in progress',
    'All processes are being resumed at the moment.',
    'Wait until that is over.',
  ),
  entry(
    'process_not_awaiting',
    409,
    'Nobody waits for this any more',
    'This process is not in an awaiting state.',
    'Do not send it again.',
  ),
  entry(
    'step_not_skippable',
    409,
    'The step cannot be skipped',
    'Only a step that has failed, waits for another attempt or for an answer can be passed over, and one that a child does only when the child has failed it; `steps` names those.',
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
