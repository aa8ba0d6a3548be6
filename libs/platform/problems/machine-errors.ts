import { entry, type ErrorEntry, OPERATOR, REPEAT } from './entry.js';

export const callbacks: readonly ErrorEntry[] = [
  entry(
    'callback_malformed',
    400,
    'The callback cannot be read',
    'The body of the callback is not what the waiting request expects.',
    'Send the document the contract describes.',
  ),
  entry(
    'callback_bad_signature',
    401,
    'The signature is wrong',
    'The callback is not signed with an active secret, or its time is more than five minutes off.',
    'Sign it as Standard Webhooks says, with the agreed secret.',
  ),
  entry(
    'callback_unknown',
    404,
    'Nobody waits here',
    'The token of this address is not one of ours.',
    'Use the callback URL to the letter.',
  ),
  entry(
    'callback_late',
    410,
    'The wait is over',
    'The request behind this address has ended or its deadline has passed; the callback changed nothing.',
    'Do not send it again. An operator can resume the instance.',
  ),
  entry(
    'callback_busy',
    503,
    'The instance is busy',
    'The callback could not be decided within three seconds.',
    REPEAT,
  ),
];

export const machine: readonly ErrorEntry[] = [
  entry(
    'event_too_large',
    413,
    'Too large to record',
    'What this command would record is over the limit of 1 MiB for one append.',
    'Send less, or split it.',
  ),
  entry(
    'internal_error',
    500,
    'Something went wrong here',
    'A fault in this server; details are in its log only.',
    OPERATOR,
  ),
  entry(
    'configuration_error',
    500,
    'This server lacks the definition',
    'The instance uses an event type, version or definition that this server does not know.',
    'Run a version of the server that has it; the instance then goes on by itself.',
  ),
  entry(
    'corrupt',
    500,
    'A record is damaged',
    'A stored record is not what was written.',
    'Run `npm run db:verify` and restore from a backup.',
  ),
  entry(
    'directory_in_use',
    503,
    'The data directory belongs to another process',
    'Another server owns the data directory.',
    'Stop the other server, or set PURVEYOR_DATA_DIR.',
  ),
  entry(
    'newer_format',
    500,
    'The data directory is from a newer version',
    'A newer version of the server wrote this directory.',
    'Run that version or a later one.',
  ),
  entry(
    'store_unavailable',
    503,
    'The log cannot be reached',
    'The event store does not answer; the command may or may not have been recorded.',
    REPEAT,
  ),
  entry(
    'position_timeout',
    503,
    'Not there yet',
    'The view did not reach `min_position` within one second.',
    'Ask again after the time in Retry-After, or ask without min_position.',
  ),
  entry(
    'shutting_down',
    503,
    'The server is stopping',
    'The server takes no new work because it is being stopped.',
    REPEAT,
  ),
  entry('unavailable', 503, 'Not available now', 'A part the answer needs is not available.', REPEAT),
  entry('gateway_timeout', 504, 'No answer in time', 'A part the answer needs did not answer in time.', REPEAT),
  entry(
    'disk_full',
    507,
    'No space left',
    'The log cannot be written: the disk is full or read-only. Nothing was recorded.',
    'Make space; the server goes on by itself. Then send the request again.',
  ),
];
