import type { Difference } from '#subscription/published';
import type { ReadModels } from '../database/read-models.js';
import {
  after,
  columnFor,
  cursorOf,
  ordered,
  pageSize,
  window,
  type Range,
  type Slice,
  type Sort,
} from '../database/paging.js';
import type { SubscriptionRow } from '../database/tables.js';
import type { SubscriptionDoc } from './subscription.doc.js';

/** The Workflow Orchestrator's Subscription; times are seconds since the epoch with fractions. */
export interface SubscriptionItem {
  readonly subscription_id: string;
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly product_id: string;
  readonly product: { readonly product_id: string; readonly name: string };
  readonly customer_id: string;
  readonly insync: boolean;
  readonly note: null;
  readonly start_date: number | null;
  readonly end_date: number | null;
  /** Rises with every change. */
  readonly version: number;
}
export interface SubscriptionDrift {
  /** The validation that found it. */
  readonly process_id: string;
  readonly found_at: number;
  readonly differences: readonly Difference[];
}
export type SubscriptionDetail = SubscriptionItem & {
  /** Fields per block attribute. */
  readonly values: SubscriptionDoc['values'];
  readonly holder: SubscriptionDoc['holder'];
  readonly creation: SubscriptionDoc['creation'];
  /** What the last validation found and nobody has repaired since. */
  readonly drift: SubscriptionDrift | null;
  readonly position: number;
};

/** `product`: id or name. Either `range` and `sort`, or `cursor` (newest first, stable while rows change). */
export interface SubscriptionQuery {
  readonly product?: string;
  readonly status?: string;
  readonly insync?: boolean;
  readonly customer?: string;
  readonly range?: Range;
  readonly sort?: readonly Sort[];
  readonly cursor?: string;
  /** Rows of a page where there is no range. */
  readonly limit?: number;
}

const FIELDS = {
  subscription_id: 'id',
  description: 'description',
  status: 'status',
  product: 'product_name',
  insync: 'insync',
  customer: 'customer_id',
  customer_id: 'customer_id',
  start_date: 'start_date',
  end_date: 'end_date',
} as const;

/** Refusal `bad_filter`, `bad_range` or `bad_cursor` (400). `next` continues after the last item, null at the end. */
export async function listSubscriptions(
  { db }: ReadModels,
  query: SubscriptionQuery = {},
): Promise<Slice<SubscriptionItem> & { readonly next: string | null }> {
  const { offset, limit } = query.range ? window(query.range) : { offset: 0, limit: pageSize(query.limit) };
  let matching = db.selectFrom('subscriptions');
  const { product } = query;
  if (product !== undefined)
    matching = matching.where((eb) => eb.or([eb('product_id', '=', product), eb('product_name', '=', product)]));
  if (query.status !== undefined) matching = matching.where('status', '=', query.status);
  if (query.insync !== undefined) matching = matching.where('insync', '=', query.insync ? 1 : 0);
  if (query.customer !== undefined) matching = matching.where('customer_id', '=', query.customer);
  const { total } = await matching.select((eb) => eb.fn.countAll().as('total')).executeTakeFirstOrThrow();
  const from = after(query.cursor);
  if (from !== undefined)
    matching = matching.where((eb) =>
      eb.or([eb('created_at', '<', from.at), eb.and([eb('created_at', '=', from.at), eb('id', '<', from.id)])]),
    );
  let select = matching.selectAll();
  for (const { field, direction } of query.sort ?? [])
    select = select.orderBy(columnFor(FIELDS, field), ordered(direction));
  const rows = await select
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(offset)
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last && !query.sort?.length ? cursorOf(Number(last.created_at), last.id) : null;
  return { items: page.map(itemOf), total: Number(total), next };
}

export async function subscription({ db }: ReadModels, id: string): Promise<SubscriptionDetail | undefined> {
  const row = await db.selectFrom('subscriptions').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const { values, holder, creation, drift } = JSON.parse(row.doc) as SubscriptionDoc;
  return { ...itemOf(row), values, holder, creation, drift: driftOf(drift), position: Number(row.position) };
}

function driftOf(drift: SubscriptionDoc['drift']): SubscriptionDrift | null {
  if (!drift) return null;
  const { processId, at, differences } = drift;
  return { process_id: processId, found_at: at / 1000, differences };
}

const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : Number(ms) / 1000);

const itemOf = (row: SubscriptionRow): SubscriptionItem => ({
  subscription_id: row.id,
  name: row.product_name,
  description: row.description,
  status: row.status,
  product_id: row.product_id,
  product: { product_id: row.product_id, name: row.product_name },
  customer_id: row.customer_id,
  insync: row.insync !== 0,
  note: null,
  start_date: secondsOrNull(row.start_date),
  end_date: secondsOrNull(row.end_date),
  version: Number(row.revision) + 1,
});
