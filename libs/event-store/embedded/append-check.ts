import { ChainedEvent, chainHash, eventId } from '../chain.js';
import { Corrupt, EventTooLarge, MAX_APPEND_BYTES } from '../errors.js';
import type { EncodedEvent, EventFilter, StoredEvent, StreamName } from '../port.js';

const PREV = '"prev":"';
const DEFAULT_LIMIT = 500;

/** `prev` of a metadata text without parsing it: inside a JSON string the quotes of such a text would be escaped. */
export function prevOf(metadata: string): string | undefined {
  const at = metadata.lastIndexOf(PREV);
  if (at < 0) return undefined;
  const from = at + PREV.length;
  return metadata.slice(from, metadata.indexOf('"', from));
}

/** Throws {@link EventTooLarge} over 1 MiB (data and metadata of all events, UTF-8). Bytes are counted only where they may matter. */
export function checkSize(stream: StreamName, events: readonly EncodedEvent[]): void {
  let units = 0;
  for (const event of events) units += event.data.length + event.metadata.length;
  if (units * 3 <= MAX_APPEND_BYTES) return;
  let bytes = 0;
  for (const event of events) bytes += Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
  if (bytes > MAX_APPEND_BYTES) throw new EventTooLarge(stream, bytes, MAX_APPEND_BYTES);
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
  const { metadata } = events[0]!;
  const bad = (what: string, revision = headRevision + 1) =>
    new Corrupt(`${stream}@${revision}: ${what}`, { stream, revision });
  if (metadata.includes('\n')) throw bad('metadata contains a line break');
  if (prevOf(metadata) !== headHash) throw bad('it does not continue the hash chain');
  let hash = headHash;
  let revision = headRevision;
  for (const event of events) {
    revision++;
    if (event.metadata !== metadata) throw bad('events of one append differ in metadata', revision);
    if (event.data.includes('\n')) throw bad('data contains a line break', revision);
    // The first link was compared above; what our own log chained from there need not be hashed twice on the hot path.
    if (event instanceof ChainedEvent) {
      hash = event.hash;
      continue;
    }
    hash = chainHash(hash, stream, revision, event.type, event.data, metadata);
    if (eventId(hash) !== event.id) throw bad('its content does not match its id', revision);
  }
  return hash;
}

/** A page size from what a caller gave: at least one event. */
export const pageSize = (limit = DEFAULT_LIMIT): number => Math.max(1, Math.trunc(limit));

/** A predicate for {@link EventFilter}: any prefix or any type; nothing given means all. */
export function matcher(filter?: EventFilter): (event: StoredEvent) => boolean {
  const prefixes = filter?.streamPrefixes ?? [];
  const types = new Set(filter?.types);
  if (prefixes.length === 0 && types.size === 0) return () => true;
  return (event) => types.has(event.type) || prefixes.some((prefix) => event.stream.startsWith(prefix));
}
