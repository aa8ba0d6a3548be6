import { EventTooLarge, MAX_APPEND_BYTES } from './errors.js';
import type { EncodedEvent, EventFilter, StoredEvent, StreamName } from './port.js';

const DEFAULT_LIMIT = 500;

/** Throws {@link EventTooLarge} over 1 MiB (data and metadata of all events, UTF-8). Bytes are counted only where they may matter. */
export function checkSize(stream: StreamName, events: readonly EncodedEvent[]): void {
  let units = 0;
  for (const event of events) units += event.data.length + event.metadata.length;
  if (units * 3 <= MAX_APPEND_BYTES) return;
  let bytes = 0;
  for (const event of events) bytes += Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
  if (bytes > MAX_APPEND_BYTES) throw new EventTooLarge(stream, bytes, MAX_APPEND_BYTES);
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

/** False for a stream of which no event matches, so that its events need not be looked at. */
export function streamMatcher(filter?: EventFilter): (stream: StreamName) => boolean {
  const { streamPrefixes: prefixes = [], types = [] } = filter ?? {};
  if (prefixes.length === 0 || types.length > 0) return () => true;
  return (stream) => prefixes.some((prefix) => stream.startsWith(prefix));
}
