import {
  revision,
  UnknownEvent,
  type EventMetadata,
  type EventStore,
  type RecordedEvent,
  type StoredEvent,
} from '#event-store';
import type { Decode } from '../projector/batch.js';

/** An event whose type is unknown here is shown as stored, with `unknown`. */
export type AuditEvent = RecordedEvent & { readonly unknown?: true };

/** Revisions to read on from, null where there is nothing: `next` in the same direction, `previous` in the other one. */
export interface AuditPage<E = AuditEvent> {
  readonly items: readonly E[];
  readonly next: number | null;
  readonly previous: number | null;
}

export interface PageOptions {
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

/** One page of a stream as it is stored. A missing stream is an empty page. */
export async function storedEvents(
  store: EventStore,
  stream: string,
  { from, direction = 'forwards', limit = 100 }: PageOptions = {},
): Promise<AuditPage<StoredEvent>> {
  const at = from === undefined ? {} : { from: revision(from) };
  const { events: items, end } = await store.readStream(stream, { direction, limit, ...at });
  const [first, last, step] = [items[0], items.at(-1), direction === 'forwards' ? 1 : -1];
  const begins = first === undefined || from === undefined;
  return {
    items,
    next: end || last === undefined ? null : notBefore(last.revision + step),
    previous: begins ? null : notBefore(first.revision - step),
  };
}

const notBefore = (at: number): number | null => (at < 0 ? null : at);

/** What is stored as people read it. */
export function auditEvent(decode: Decode, stored: StoredEvent): AuditEvent {
  try {
    return decode(stored);
  } catch (error) {
    if (!(error instanceof UnknownEvent)) throw error;
    const metadata = JSON.parse(stored.metadata) as EventMetadata;
    return { ...stored, data: JSON.parse(stored.data) as unknown, metadata, unknown: true };
  }
}

/** One page of a stream with metadata. A missing stream is an empty page. */
export async function streamEvents(
  store: EventStore,
  decode: Decode,
  stream: string,
  options?: PageOptions,
): Promise<AuditPage> {
  const page = await storedEvents(store, stream, options);
  return { ...page, items: page.items.map((stored) => auditEvent(decode, stored)) };
}
