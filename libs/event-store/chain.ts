import { createHash, hash as oneShot } from 'node:crypto';
import { uuidFromBytes } from '#kernel';
import { Corrupt } from './errors.js';
import { metadataOf } from './metadata.js';
import type { EncodedEvent, StoredEvent } from './port.js';

/** Hash before the first event of a stream. */
export const CHAIN_START = '';

/**
 * Chain hash of one event, SHA-256 in base64url (43 characters), over previous hash, stream, revision, type, data and metadata as
 * written. No part can contain a line break, so the parts cannot run into one another.
 */
export function chainHash(
  previous: string,
  stream: string,
  revision: number,
  type: string,
  data: string,
  metadata: string,
): string {
  const text = `${previous}\n${stream}\n${revision}\n${type}\n${data}\n${metadata}`;
  return oneShot === undefined
    ? createHash('sha256').update(text).digest('base64url')
    : oneShot('sha256', text, 'base64url');
}

const scratch = Buffer.alloc(16);

/** UUIDv8 (RFC 9562 section 5.8) of the hash's first 16 bytes. */
export function eventId(hash: string): string {
  scratch.write(hash, 'base64url');
  scratch[6] = (scratch[6]! & 0x0f) | 0x80;
  scratch[8] = (scratch[8]! & 0x3f) | 0x80;
  return uuidFromBytes(scratch);
}

/**
 * An event whose place in the chain is worked out, `previous` being the hash before it: a store need not hash it again, and its id costs
 * only who asks for it.
 */
export class ChainedEvent implements EncodedEvent {
  constructor(
    readonly type: string,
    readonly data: string,
    readonly metadata: string,
    readonly previous: string,
    readonly hash: string,
  ) {}

  get id(): string {
    return eventId(this.hash);
  }
}

/** Where a walk along one stream stands: hash of the last event, and of the one before its append. */
export interface ChainState {
  readonly revision: number;
  readonly hash: string;
  readonly metadata: string;
  readonly appendPrev: string;
}

export const chainStart: ChainState = { revision: -1, hash: CHAIN_START, metadata: '', appendPrev: CHAIN_START };

/** Checks the next event of a stream and goes on; throws {@link Corrupt} naming stream and revision. */
export function chainNext(state: ChainState, event: StoredEvent): ChainState {
  const bad = (what: string) =>
    new Corrupt(`${event.stream}@${event.revision}: ${what}`, { stream: event.stream, revision: event.revision });
  if (event.revision !== state.revision + 1) throw bad(`revision ${event.revision} follows ${state.revision}`);
  const sameAppend = event.metadata === state.metadata;
  const prev = sameAppend ? state.appendPrev : metadataOf(event).prev;
  if (!sameAppend && prev !== state.hash) throw bad('it does not continue the hash chain');
  const hash = chainHash(state.hash, event.stream, event.revision, event.type, event.data, event.metadata);
  if (eventId(hash) !== event.id) throw bad('its content does not match its id');
  return { revision: event.revision, hash, metadata: event.metadata, appendPrev: prev };
}
