import { SUBSCRIPTION, type SubscriptionEvents } from '#subscription/published';
import { idOf } from '#event-store';
import type { SubscriptionRow } from '../database/tables.js';
import { streamProjection } from '../projector/stream-rows.js';
import { searchText } from './search-text.js';
import { foldSubscription, type SubscriptionDoc } from './subscription.doc.js';

const RELATIONS = {
  name: 'process_subscriptions',
  columns: ['subscription_id', 'process_id', 'workflow', 'target', 'position'],
  key: ['subscription_id', 'process_id'],
};

const CUSTOMER_DESCRIPTIONS = {
  name: 'customer_descriptions',
  columns: ['id', 'subscription_id', 'position'],
  key: ['id'],
};
const USES = {
  name: 'subscription_uses',
  columns: ['used_id', 'user_id', 'user_status', 'position'],
  key: ['used_id', 'user_id'],
};
/** Stands for a status where a use has ended; the row stays, so that a repeat of an older event does not bring it back. */
export const RELEASED = 'released';

/** What is shown of a row beside its document. */
export const SHOWN_COLUMNS = [
  'product_id',
  'product_name',
  'customer_id',
  'description',
  'status',
  'insync',
  'start_date',
  'end_date',
  'created_at',
  'updated_at',
] as const;

/** Beside its row a subscription has one row per process that ran on it, its trail, one per subscription that uses it,
 * and one per customer description, by which its subscription is found. */
export const subscriptionsProjection = streamProjection<SubscriptionRow, SubscriptionDoc>({
  name: 'subscriptions',
  version: 4,
  category: SUBSCRIPTION,
  columnNames: [...SHOWN_COLUMNS, 'search'],
  fold: foldSubscription,
  columns: (doc) => ({
    product_id: doc.productId,
    product_name: doc.productName,
    customer_id: doc.customerId,
    description: doc.description,
    status: doc.status,
    insync: doc.insync ? 1 : 0,
    start_date: doc.startDate,
    end_date: doc.endDate,
    created_at: doc.createdAt,
    updated_at: doc.updatedAt,
    search: searchText(doc),
  }),
  also: [
    {
      table: RELATIONS,
      row(event) {
        if (event.type !== 'ProcessRelated') return undefined;
        const { processId, workflow, target } = event.data as SubscriptionEvents['ProcessRelated']['data'];
        return [idOf(event.stream), processId, workflow, target, event.position];
      },
    },
    {
      table: CUSTOMER_DESCRIPTIONS,
      row(event) {
        if (event.type !== 'CustomerDescriptionSet') return undefined;
        const { id } = event.data as SubscriptionEvents['CustomerDescriptionSet']['data'];
        return [id, idOf(event.stream), event.position];
      },
    },
    {
      table: USES,
      row(event) {
        if (event.type !== 'UseReserved' && event.type !== 'UseReleased') return undefined;
        const { userSubscriptionId } = event.data as SubscriptionEvents['UseReleased']['data'];
        const { userStatus } = event.data as Partial<SubscriptionEvents['UseReserved']['data']>;
        return [idOf(event.stream), userSubscriptionId, userStatus ?? RELEASED, event.position];
      },
    },
  ],
});
