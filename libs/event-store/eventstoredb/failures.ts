import { convertToCommandError } from '@eventstore/db-client';
import { EventTooLarge, MAX_APPEND_BYTES, StoreError, StoreUnavailable } from '../errors.js';
import type { StreamName } from '../port.js';

interface Named {
  readonly message?: string;
  readonly type?: string;
  readonly code?: number | string;
}

/** gRPC status codes (grpc/grpc doc/statuscodes.md) that say that the server took the call and refused it. */
const REFUSED_CODES = new Map<unknown, string>([
  [3, 'invalid argument'],
  [12, 'unimplemented'],
]);
const DENIED_CODES = new Set<unknown>([7, 16]);

/** What the store says about a group of workers: `persistent-subscription-exists` or `persistent-subscription-does-not-exist`. */
export class GroupRefusal extends StoreError {
  constructor(
    readonly answer: string,
    message: string,
  ) {
    super('store_refused', message);
  }
}

const GROUP_ANSWERS = new Set(['persistent-subscription-exists', 'persistent-subscription-does-not-exist']);

/**
 * The store's definite refusal behind an error of the client, by its type and by its gRPC code: nothing was written and a repeat would be
 * refused again. Undefined when the outcome is unknown: unavailable, cancelled, timed out, not ready, not the leader, connection lost.
 */
export function refusalOf(error: unknown, stream: StreamName): StoreError | undefined {
  if (error instanceof StoreError) return error instanceof StoreUnavailable ? undefined : error;
  const { type, code, message = '' } = convertToCommandError(error as Error) as Named;
  if (type === 'maximum-append-size-exceeded') return new EventTooLarge(stream, MAX_APPEND_BYTES, MAX_APPEND_BYTES);
  if (type !== undefined && GROUP_ANSWERS.has(type)) return new GroupRefusal(type, message);
  if (type === 'stream-deleted') return new StoreError('stream_deleted', `${stream} was deleted`);
  if (type === 'access-denied' || DENIED_CODES.has(code))
    return new StoreError('store_access_denied', `EventStoreDB denies access to ${stream}: ${message}`);
  const refused = REFUSED_CODES.get(code);
  return refused === undefined
    ? undefined
    : new StoreError('store_refused', `EventStoreDB refused a call on ${stream} (${refused}): ${message}`);
}

/** One line for logs and health. */
export function reasonOf(error: unknown): string {
  const { type, code, message } = error as Named;
  return [type, code !== undefined && `code ${code}`, message].filter(Boolean).join(', ') || String(error);
}
