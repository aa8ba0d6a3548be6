import type { EventStore } from '#event-store';
import { subscriptionStream } from '#subscription/published';
import { streamEvents, type AuditEvent } from '../audit/streams.query.js';
import type { Decode } from '../projector/batch.js';
import { foldSubscription, type SubscriptionDoc } from './subscription.doc.js';

/** A change of one field. Times are seconds since the epoch; what was or is not there is null. */
export interface FieldChange {
  readonly revision: number;
  readonly time: number;
  /** The process that changed it; null where a person did. */
  readonly process_id: string | null;
  readonly actor: string;
  /** `status`, `note` ..., or the path of a value: `user_group.group_name`, `l2vpn.ports.0.vlan`. */
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

const FIELDS = ['status', 'description', 'insync', 'note', 'metadata', 'startDate', 'endDate', 'values'] as const;
const WIRE: Readonly<Record<string, string>> = { startDate: 'start_date', endDate: 'end_date' };
const PAGE = 500;

/** Every change of a subscription's fields, oldest first, from its own events; undefined when it has none. */
export async function subscriptionHistory(
  store: EventStore,
  decode: Decode,
  id: string,
): Promise<readonly FieldChange[] | undefined> {
  const changes: FieldChange[] = [];
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

function changesOf(event: AuditEvent, before: SubscriptionDoc | undefined, after: SubscriptionDoc): FieldChange[] {
  const about = {
    revision: event.revision,
    time: event.metadata.time / 1000,
    process_id: processOf(event),
    actor: event.metadata.actor,
  };
  return FIELDS.flatMap((field) => {
    const name = field === 'values' ? '' : (WIRE[field] ?? field);
    return differences(name, shown(field, before?.[field]), shown(field, after[field])).map((each) => ({
      ...about,
      ...each,
    }));
  });
}

/** Times on the wire are seconds. */
const shown = (field: string, value: unknown): unknown =>
  (field === 'startDate' || field === 'endDate') && typeof value === 'number' ? value / 1000 : value;

/** Events of old name no process; a step's commands are caused by a request of its process's stream. */
function processOf({ data, metadata }: AuditEvent): string | null {
  const { processId } = data as { readonly processId?: string };
  return processId ?? /^process-([^/]+)\//.exec(metadata.$causationId)?.[1] ?? null;
}

interface Difference {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Leaf by leaf; a whole that appears or disappears is told by its leaves too. */
function differences(field: string, from: unknown, to: unknown): readonly Difference[] {
  if (!isWhole(from) && !isWhole(to)) {
    const [a, b] = [from ?? null, to ?? null];
    return a === b ? [] : [{ field, from: a, to: b }];
  }
  if ((from != null && !isWhole(from)) || (to != null && !isWhole(to))) return [{ field, from, to }];
  const [a, b] = [(from ?? {}) as Readonly<Record<string, unknown>>, (to ?? {}) as Readonly<Record<string, unknown>>];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => differences(field === '' ? key : `${field}.${key}`, a[key], b[key]));
}

const isWhole = (value: unknown): boolean => typeof value === 'object' && value !== null;
