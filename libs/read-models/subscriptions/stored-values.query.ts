import type { Lifecycle } from '#subscription/published';
import type { ReadModels } from '../database/read-models.js';
import { inChunks } from '../database/chunks.js';
import type { SubscriptionDoc } from './subscription.doc.js';
import { docOf } from './subscription.item.js';

/** Values of a subscription by block attribute. */
export interface ValuesOf {
  readonly subscription_id: string;
  readonly product_id: string;
  readonly values: SubscriptionDoc['values'];
}
export interface StoredValues extends ValuesOf {
  readonly status: Lifecycle;
}

/** What is recorded about those that are there, by id where the ids are given so. */
export async function storedValues({ db }: ReadModels, ids: readonly string[]): Promise<readonly StoredValues[]> {
  const rows = await Promise.all(
    inChunks(ids).map((chunk) =>
      db
        .selectFrom('subscriptions')
        .select(['id', 'product_id', 'status', 'doc'])
        .where('id', 'in', chunk)
        .orderBy('id')
        .execute(),
    ),
  );
  return rows.flat().map((row) => ({
    subscription_id: row.id,
    product_id: row.product_id,
    status: row.status as Lifecycle,
    values: docOf(row).values,
  }));
}
