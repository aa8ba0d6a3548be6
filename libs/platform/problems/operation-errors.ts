import { entry, type ErrorEntry } from './entry.js';

export const operations: readonly ErrorEntry[] = [
  entry(
    'operation_not_found',
    404,
    'There is no such operation',
    'No operation has this id.',
    'Look it up in the list.',
  ),
  entry(
    'operation_exists',
    409,
    'The operation is another one',
    'An operation with this correlation id was created with another manifest.',
    'Use an id of its own for each operation.',
  ),
  entry(
    'need_not_found',
    404,
    'The operation has no such need',
    'The manifest names no need with this id; `needs` lists those it has.',
    'Name one of them, or none for all.',
  ),
  entry(
    'answer_not_found',
    404,
    'There is no such answer',
    'The operation recorded no answer under this id; `answers` lists those that can be accepted.',
    'Name one of them.',
  ),
  entry(
    'address_refused',
    403,
    'The address is not called',
    'Somebody outside named an address that leads to a network it has no business in.',
    'Name a public address, or allow it by PURVEYOR_OUTGOING_ALLOW.',
  ),
];
