import { sql } from 'kysely';
import { sameAs } from '../database/list-fields.js';
import { listRows, type ListQuery, type ListView } from '../database/listing.js';
import type { Slice } from '../database/paging.js';
import type { ReadModels } from '../database/read-models.js';
import type { SubscriptionRow } from '../database/tables.js';
import { itemOf, detailOf, type SubscriptionDetail, type SubscriptionItem } from './subscription.item.js';
import { SHOWN_COLUMNS } from './subscriptions.projection.js';

/** `product`: id or name. */
export interface SubscriptionQuery extends ListQuery {
  readonly product?: string;
  readonly status?: string;
  readonly insync?: boolean;
  readonly customer?: string;
  /** Only of these products. */
  readonly productIds?: readonly string[];
}

const VIEW: ListView = {
  table: 'subscriptions',
  created: 'created_at',
  columns: ['id', 'doc', 'revision', 'position', ...SHOWN_COLUMNS],
  fields: {
    subscription_id: { column: 'id', fixed: true },
    description: { column: 'description' },
    status: { column: 'status' },
    product: { column: 'product_name', fixed: true },
    product_id: { column: 'product_id', fixed: true },
    insync: { column: 'insync', kind: 'flag' },
    customer: { column: 'customer_id', fixed: true },
    customer_id: { column: 'customer_id', fixed: true },
    start_date: { column: 'start_date', kind: 'seconds', nullable: true },
    end_date: { column: 'end_date', kind: 'seconds', nullable: true },
    created_at: { column: 'created_at', kind: 'seconds', fixed: true },
    updated_at: { column: 'updated_at', kind: 'seconds' },
  },
};

/** Newest first unless sorted; see {@link listRows}. */
export const listSubscriptions = (
  models: ReadModels,
  query: SubscriptionQuery = {},
): Promise<Slice<SubscriptionItem>> => listed(models, query, (row) => itemOf(row));

/** The same with what {@link subscription} tells of each. */
export const listSubscriptionDetails = (
  models: ReadModels,
  query: SubscriptionQuery,
): Promise<Slice<SubscriptionDetail>> => listed(models, query, detailOf);

async function listed<T>(
  models: ReadModels,
  query: SubscriptionQuery,
  shown: (row: SubscriptionRow) => T,
): Promise<Slice<T>> {
  const { rows, ...place } = await listRows<SubscriptionRow>(models, VIEW, query, conditionsOf(query));
  return { items: rows.map(shown), ...place };
}

function conditionsOf({ product, productIds, status, insync, customer }: SubscriptionQuery) {
  const flag = insync === undefined ? undefined : Number(insync);
  const conditions = [...sameAs({ status, insync: flag, customer_id: customer })];
  if (product !== undefined) conditions.push(sql`(product_id = ${product} OR product_name = ${product})`);
  if (productIds !== undefined) conditions.push(sql`product_id IN (${sql.join(['', ...productIds])})`);
  return conditions;
}

export async function subscription({ db }: ReadModels, id: string): Promise<SubscriptionDetail | undefined> {
  const row = await db.selectFrom('subscriptions').selectAll().where('id', '=', id).executeTakeFirst();
  return row && detailOf(row);
}
