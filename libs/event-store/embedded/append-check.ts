import { ChainedEvent, chainHash, eventId } from '../chain.js';
import { Corrupt } from '../errors.js';
import type { EncodedEvent, StreamName } from '../port.js';

const PREV = '"prev":"';

/** `prev` of a metadata text without parsing it: inside a JSON string the quotes of such a text would be escaped. */
export function prevOf(metadata: string): string | undefined {
  const at = metadata.lastIndexOf(PREV);
  if (at < 0) return undefined;
  const from = at + PREV.length;
  return metadata.slice(from, metadata.indexOf('"', from));
}

/**
 * Chain hash of the last event of an append that follows `headHash` at `headRevision`. Throws {@link Corrupt} when the append does not
 * continue the chain, an id is not its event's, or a text could not be given back to the letter.
 */
export function checkedHash(
  stream: StreamName,
  headRevision: number,
  headHash: string,
  events: readonly EncodedEvent[],
): string {
  // What our own log chained from there in one piece need not be hashed and looked through twice on the hot path.
  const own = chainedFrom(headHash, events);
  if (own !== undefined) return own;
  const { metadata } = events[0]!;
  const bad = (what: string, revision = headRevision + 1) =>
    new Corrupt(`${stream}@${revision}: ${what}`, { stream, revision });
  if (prevOf(metadata) !== headHash) throw bad('it does not continue the hash chain');
  if (metadata.includes('\n')) throw bad('metadata contains a line break');
  let hash = headHash;
  let revision = headRevision;
  for (const event of events) {
    revision++;
    if (event.metadata !== metadata) throw bad('events of one append differ in metadata', revision);
    if (event.data.includes('\n')) throw bad('data contains a line break', revision);
    hash = chainHash(hash, stream, revision, event.type, event.data, metadata);
    if (eventId(hash) !== event.id) throw bad('its content does not match its id', revision);
  }
  return hash;
}

function chainedFrom(headHash: string, events: readonly EncodedEvent[]): string | undefined {
  let hash = headHash;
  for (const event of events) {
    if (!(event instanceof ChainedEvent) || event.previous !== hash) return undefined;
    ({ hash } = event);
  }
  return hash;
}
