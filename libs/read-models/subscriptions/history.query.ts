import type { EventStore } from '#event-store';
import { fieldChanges, subscriptionStream, type FieldChange } from '#subscription/published';
import { streamEvents, type AuditEvent } from '../audit/events.query.js';
import type { Decode } from '../projector/batch.js';
import { foldSubscription, type SubscriptionDoc } from './subscription.doc.js';

/** A change of one field, with who made it. Times are seconds since the epoch. */
export interface RecordedChange extends FieldChange {
  readonly revision: number;
  readonly time: number;
  /** The process that changed it; null where a person did. */
  readonly process_id: string | null;
  readonly actor: string;
}

const PAGE = 500;

/** Every change of a subscription's fields, oldest first, from its own events; undefined when it has none. */
export async function subscriptionHistory(
  store: EventStore,
  decode: Decode,
  id: string,
): Promise<readonly RecordedChange[] | undefined> {
  const changes: RecordedChange[] = [];
  let doc: SubscriptionDoc | undefined;
  for (let from: number | null = 0; from !== null;) {
    const page = await streamEvents(store, decode, subscriptionStream(id), { from, limit: PAGE });
    for (const event of page.items) {
      const after: SubscriptionDoc | undefined = event.unknown ? doc : foldSubscription(doc, event);
      if (after) changes.push(...changesOf(event, doc, after));
      doc = after;
    }
    from = page.next;
  }
  return doc && changes;
}

function changesOf(event: AuditEvent, before: SubscriptionDoc | undefined, after: SubscriptionDoc): RecordedChange[] {
  const about = {
    revision: event.revision,
    time: event.metadata.time / 1000,
    process_id: processOf(event),
    actor: event.metadata.actor,
  };
  return fieldChanges(before, after).map((each) => ({ ...about, ...each }));
}

/** Events of old name no process; a step's commands are caused by a request of its process's stream. */
function processOf({ data, metadata }: AuditEvent): string | null {
  const { processId } = data as { readonly processId?: string };
  return processId ?? /^process-([^/]+)\//.exec(metadata.$causationId)?.[1] ?? null;
}
