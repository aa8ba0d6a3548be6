import type { ExpectedRevision, Revision, StreamName } from './port.js';

export type StoreErrorCode =
  | 'wrong_expected_revision'
  | 'event_too_large'
  | 'store_unavailable'
  | 'disk_full'
  | 'corrupt'
  | 'directory_in_use'
  | 'log_moved'
  | 'store_access_denied'
  | 'store_refused'
  | 'stream_deleted'
  | 'newer_format';

/** Everything the log throws. `code` is stable. */
export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

export class WrongExpectedRevision extends StoreError {
  constructor(
    readonly stream: StreamName,
    readonly expected: ExpectedRevision,
    readonly actual: Revision | 'no_stream',
  ) {
    super('wrong_expected_revision', `${stream} is at ${actual}, not at ${expected}`);
  }
}

/** An append over 1 MiB (data and metadata texts together, UTF-8 bytes). */
export class EventTooLarge extends StoreError {
  constructor(
    readonly stream: StreamName,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super('event_too_large', `an append of ${bytes} bytes to ${stream} is over the limit of ${limit}`);
  }
}

/** `outcomeKnown` false: the append may have been written; repeat it with the same bytes. */
export class StoreUnavailable extends StoreError {
  constructor(
    message: string,
    readonly outcomeKnown: boolean,
  ) {
    super('store_unavailable', message);
  }
}

/** No space or read-only: nothing was written; it works again when space returns. */
export class DiskFull extends StoreError {
  constructor(message: string) {
    super('disk_full', message);
  }
}

/** A record that is not what was written, named by stream, revision and row. */
export class Corrupt extends StoreError {
  constructor(
    message: string,
    readonly at: { readonly stream?: string; readonly revision?: number; readonly row?: number } = {},
  ) {
    super('corrupt', message);
  }
}

export const MAX_APPEND_BYTES = 1024 * 1024;
