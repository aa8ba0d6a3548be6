import { Refusal, sameJson, type Fault } from '#kernel';
import type {
  RemoveCustomerDescription,
  SetCustomerDescription,
  SetInSync,
  SetMetadata,
  SetNote,
  SubscriptionCommand,
  SubscriptionEvent,
} from '../published/index.js';
import { by } from './by.js';
import type { Requirements } from './status.js';
import type { ExistingSubscription } from './subscription.state.js';

/** Characters of a note, and of a description. */
const NOTE = 5_000;
const DESCRIPTION = 2_000;

const invalid = (errors: readonly Fault[]) =>
  new Refusal('validation_failed', 400, 'the input is not valid', {}, errors);

function refuseLong(text: string, most: number, pointer: string): void {
  if (text.length > most) throw invalid([{ pointer, message: `must not have more than ${most} characters` }]);
}

type SetDescription = SubscriptionCommand & { readonly type: 'SetDescription' };

export function setDescription(
  { description, processId, time }: SetDescription,
  state: ExistingSubscription,
): readonly SubscriptionEvent[] {
  refuseLong(description, DESCRIPTION, '/description');
  if (description === state.description) return [];
  return [{ type: 'SubscriptionDescriptionChanged', data: { description, ...by(processId), time } }];
}

export function setNote({ note, processId, time }: SetNote, state: ExistingSubscription): readonly SubscriptionEvent[] {
  refuseLong(note ?? '', NOTE, '/note');
  const kept = note === null || note.trim() === '' ? null : note;
  if (kept === state.note) return [];
  return [{ type: 'SubscriptionNoteChanged', data: { note: kept, ...by(processId), time } }];
}

export function setMetadata(
  catalogue: Requirements,
  { metadata, processId, time }: SetMetadata,
  state: ExistingSubscription,
): readonly SubscriptionEvent[] {
  if (sameJson(metadata, state.metadata)) return [];
  const errors = catalogue.metadataFaults(state.productId, metadata);
  if (errors.length > 0) throw invalid(errors);
  return [{ type: 'SubscriptionMetadataChanged', data: { metadata, ...by(processId), time } }];
}

export function setCustomerDescription(
  command: SetCustomerDescription,
  { customerDescriptions: all }: ExistingSubscription,
): readonly SubscriptionEvent[] {
  const { id, customerId, description, existing, version: given, time } = command;
  refuseLong(description, DESCRIPTION, '/description');
  const known = all[id];
  if (existing && known === undefined) throw missing();
  if (known && given !== undefined && given !== known.version) throw staleVersion(given, known.version);
  if (known?.customerId === customerId && known.description === description) return [];
  const other = Object.entries(all).find(([key, each]) => key !== id && each.customerId === customerId);
  if (other) throw exists(other[0]);
  const version = (known?.version ?? 0) + 1;
  return [{ type: 'CustomerDescriptionSet', data: { id, customerId, description, version, time } }];
}

export function removeCustomerDescription(
  { id, time }: RemoveCustomerDescription,
  { customerDescriptions }: ExistingSubscription,
): readonly SubscriptionEvent[] {
  if (customerDescriptions[id] === undefined) throw missing();
  return [{ type: 'CustomerDescriptionRemoved', data: { id, time } }];
}

const missing = () => new Refusal('customer_description_not_found', 404, 'there is no such customer description');
const exists = (id: string) => {
  const detail = 'the customer has a description of this subscription already';
  return new Refusal('customer_description_exists', 409, detail, { customer_description_id: id });
};

/** In the words of the Workflow Orchestrator, whose clients show them. */
export const staleText = (given: number, current: number): string =>
  `Stale data: given version (${given}) does not match the current version (${current})`;
export const staleVersion = (given: number, current: number) =>
  new Refusal('stale_version', 400, staleText(given, current), { version: current });

/** The holder in this stream counts whatever the views say. A task does not keep a subscription out of sync. */
export function setInSync(
  { unfinished, time }: SetInSync,
  { insync, holder }: ExistingSubscription,
): readonly SubscriptionEvent[] {
  if (insync) return [];
  const ids = [...new Set([...unfinished, ...(holder && !holder.isTask ? [holder.processId] : [])])];
  if (ids.length === 0) return [{ type: 'MarkedInSync', data: { time } }];
  const detail = `Subscription has still failed processes with id's: ${ids.join(', ')}`;
  throw new Refusal('processes_unfinished', 422, detail, { process_ids: ids });
}
