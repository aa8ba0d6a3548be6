import { entry, type ErrorEntry } from './entry.js';

export const projectionErrors: readonly ErrorEntry[] = [
  entry(
    'projection_not_found',
    404,
    'There is no such projection',
    'No view of this program has this name.',
    'List the projections and use a name from there.',
  ),
  entry(
    'rebuild_running',
    409,
    'The view is being rebuilt',
    'Its rows are being built already; they take the place of the live ones when they have caught up.',
    'Wait until the list of projections shows no rebuild any more.',
  ),
  entry(
    'no_rows_of_before',
    409,
    'There is nothing to go back to',
    'The view was not rebuilt yet, so no earlier rows of it are kept.',
    'To build it anew, rebuild it.',
  ),
  entry(
    'rows_of_another_version',
    409,
    'The rows of before belong to another program',
    'They were made by another version of the view, which this program cannot go on with.',
    'Start the program of that version: it takes them up by itself.',
  ),
];
