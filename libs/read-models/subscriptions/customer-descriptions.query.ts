import type { ReadModels } from '../database/read-models.js';
import { customerDescriptionOf, docOf, type CustomerDescriptionItem } from './subscription.item.js';

/** By its own id; undefined when there is none, or none any more. */
export async function customerDescription(
  { db }: ReadModels,
  id: string,
): Promise<CustomerDescriptionItem | undefined> {
  const row = await db
    .selectFrom('customer_descriptions')
    .innerJoin('subscriptions', 'subscriptions.id', 'customer_descriptions.subscription_id')
    .select(['subscriptions.id as subscription_id', 'doc'])
    .where('customer_descriptions.id', '=', id)
    .executeTakeFirst();
  const found = row && docOf(row).customerDescriptions[id];
  return found && customerDescriptionOf(row.subscription_id, [id, found]);
}

/** The one that a customer has of a subscription. */
export async function customerDescriptionFor(
  { db }: ReadModels,
  customerId: string,
  subscriptionId: string,
): Promise<CustomerDescriptionItem | undefined> {
  const row = await db.selectFrom('subscriptions').select('doc').where('id', '=', subscriptionId).executeTakeFirst();
  const all = row ? Object.entries(docOf(row).customerDescriptions) : [];
  const found = all.find(([, each]) => each.customerId === customerId);
  return found && customerDescriptionOf(subscriptionId, found);
}

/** The subscription it is of, or was; undefined when there never was one. */
export async function customerDescriptionOwner({ db }: ReadModels, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('customer_descriptions')
    .select('subscription_id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.subscription_id;
}
