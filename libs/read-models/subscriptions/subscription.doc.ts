import type { RecordedEvent } from '#event-store';
import { versionAfter, type Drift, type Holder, type SubscriptionEvent } from '#subscription/published';

/** Times are ms since the epoch. `values`: fields per block attribute. */
export interface SubscriptionDoc {
  readonly productId: string;
  readonly productName: string;
  readonly customerId: string;
  readonly description: string;
  readonly status: string;
  readonly insync: boolean;
  readonly startDate: number | null;
  readonly endDate: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The process that holds it. */
  readonly holder: Holder | null;
  /** See `versionAfter`. */
  readonly version: number;
  readonly note: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** By their own ids; `createdAt` in ms. */
  readonly customerDescriptions: Readonly<Record<string, CustomerDescriptionDoc>>;
  readonly creation: 'running' | 'aborted' | 'done';
  /** Subscriptions that use this one, with the status they told last. */
  readonly users: Readonly<Record<string, string>>;
  /** What the last validation found that is not known to be gone; `at` in ms since the epoch. */
  readonly drift?: (Drift & { readonly at: number }) | null;
}

export interface CustomerDescriptionDoc {
  readonly customerId: string;
  readonly description: string;
  readonly version: number;
  readonly createdAt: number;
}

export function foldSubscription(
  doc: SubscriptionDoc | undefined,
  recorded: RecordedEvent,
): SubscriptionDoc | undefined {
  const event = recorded as unknown as SubscriptionEvent;
  const at = recorded.metadata.time;
  if (event.type === 'SubscriptionCreated') {
    const { productId, productName, customerId, description, status, insync, holder } = event.data;
    return {
      productId,
      productName,
      customerId,
      description,
      status,
      insync,
      startDate: null,
      endDate: null,
      createdAt: at,
      updatedAt: at,
      values: {},
      holder: holder ?? null,
      creation: holder ? 'running' : 'done',
      users: {},
      version: 1,
      note: null,
      metadata: {},
      customerDescriptions: {},
    };
  }
  return doc && { ...doc, ...changeOf(doc, event, at), version: versionAfter(doc.version, event.type), updatedAt: at };
}

function changeOf(doc: SubscriptionDoc, event: SubscriptionEvent, at: number): Partial<SubscriptionDoc> {
  switch (event.type) {
    case 'SubscriptionValuesChanged': {
      const { block, values } = event.data;
      return { values: { ...doc.values, [block]: { ...doc.values[block], ...values } } };
    }
    case 'SubscriptionDescriptionChanged':
      return { description: event.data.description };
    case 'SubscriptionProvisioningStarted':
      return { status: 'provisioning' };
    case 'SubscriptionActivated':
      return { status: 'active', startDate: event.data.startDate };
    case 'SubscriptionMigrating':
      return { status: 'migrating' };
    case 'SubscriptionDisabled':
      return { status: 'disabled' };
    case 'SubscriptionTerminated':
      return { status: 'terminated', endDate: event.data.endDate };
    case 'UnSynced':
      return { insync: false };
    case 'DriftReported': {
      const { processId, differences, time } = event.data;
      return differences.length === 0
        ? { drift: null }
        : { insync: false, drift: { processId, differences, at: time } };
    }
    case 'Resynced':
      return { insync: true, creation: 'done' };
    case 'MarkedInSync':
      return { insync: true, creation: 'done' };
    case 'SubscriptionNoteChanged':
      return { note: event.data.note };
    case 'SubscriptionMetadataChanged':
      return { metadata: event.data.metadata };
    case 'CustomerDescriptionSet': {
      const { id, customerId, description, version } = event.data;
      const createdAt = doc.customerDescriptions[id]?.createdAt ?? at;
      const set = { customerId, description, version, createdAt };
      return { customerDescriptions: { ...doc.customerDescriptions, [id]: set } };
    }
    case 'CustomerDescriptionRemoved': {
      const { [event.data.id]: _, ...customerDescriptions } = doc.customerDescriptions;
      return { customerDescriptions };
    }
    case 'SubscriptionClaimed': {
      const { processId, workflow, target } = event.data;
      return { holder: { processId, workflow, target } };
    }
    case 'SubscriptionReleased':
      return { holder: null, ...(doc.creation === 'running' && { creation: 'aborted' as const }) };
    case 'UseReserved':
      return { users: { ...doc.users, [event.data.userSubscriptionId]: event.data.userStatus } };
    case 'UseReleased': {
      const { [event.data.userSubscriptionId]: _, ...users } = doc.users;
      return { users };
    }
    case 'ProcessRelated':
      return {};
    default:
      throw new Error(`subscriptions do not know ${event.type}`);
  }
}
