import type { RecordedEvent } from '#event-store';
import type { SubscriptionEvent } from '#subscription/published';

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
}

export function foldSubscription(
  doc: SubscriptionDoc | undefined,
  recorded: RecordedEvent,
): SubscriptionDoc | undefined {
  const event = recorded as unknown as SubscriptionEvent;
  const at = recorded.metadata.time;
  if (event.type === 'SubscriptionCreated') {
    const { productId, productName, customerId, description, status, insync } = event.data;
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
    };
  }
  return doc && { ...doc, ...changeOf(doc, event), updatedAt: at };
}

function changeOf(doc: SubscriptionDoc, event: SubscriptionEvent): Partial<SubscriptionDoc> {
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
    case 'Resynced':
      return { insync: true };
    case 'ProcessRelated':
      return {};
    default:
      throw new Error(`subscriptions do not know ${event.type}`);
  }
}
