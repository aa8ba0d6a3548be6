import { revision, UnknownEvent, type EventMetadata, type EventStore, type RecordedEvent } from '#event-store';
import type { Decode } from '../projector/batch.js';

/** An event whose type is unknown here is shown as stored, with `unknown`. */
export type AuditEvent = RecordedEvent & { readonly unknown?: true };

export interface AuditPage {
  readonly items: readonly AuditEvent[];
  /** Revision to go on from, null at the end. */
  readonly next: number | null;
}

/** One page of a stream with metadata. A missing stream is an empty page. */
export async function streamEvents(
  store: EventStore,
  decode: Decode,
  stream: string,
  options: { from?: number; direction?: 'forwards' | 'backwards'; limit?: number } = {},
): Promise<AuditPage> {
  const { from, direction = 'forwards', limit = 100 } = options;
  const page = await store.readStream(stream, {
    direction,
    limit,
    ...(from !== undefined && { from: revision(from) }),
  });
  const items = page.events.map((stored): AuditEvent => {
    try {
      return decode(stored);
    } catch (error) {
      if (!(error instanceof UnknownEvent)) throw error;
      const metadata = JSON.parse(stored.metadata) as EventMetadata;
      return { ...stored, data: JSON.parse(stored.data) as unknown, metadata, unknown: true };
    }
  });
  const last = items.at(-1);
  const next = page.end || last === undefined ? null : last.revision + (direction === 'forwards' ? 1 : -1);
  return { items, next: next !== null && next < 0 ? null : next };
}
