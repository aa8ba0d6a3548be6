import { sql, type SelectQueryBuilder } from 'kysely';
import { Refusal } from '#kernel';
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
import type { Tables } from '../database/tables.js';
import { itemOf, detailOf, type SubscriptionDetail, type SubscriptionItem } from './subscription.item.js';

/** `product`: id or name. Either `range` and `sort`, or `cursor` (newest first, stable while rows change). */
export interface SubscriptionQuery {
  readonly product?: string;
  readonly status?: string;
  readonly insync?: boolean;
  readonly customer?: string;
  /** Only of these products. */
  readonly productIds?: readonly string[];
  /** Several values of one field are separated by `|`. */
  readonly filter?: readonly { readonly field: string; readonly value: string }[];
  /** Words that all occur; `field:value` asks for the value of a field. */
  readonly search?: string;
  readonly range?: Range;
  readonly sort?: readonly Sort[];
  readonly cursor?: string;
  /** Rows of a page where there is no range. */
  readonly limit?: number;
}

/** Names on the wire and their columns. */
const FIELDS = {
  subscription_id: 'id',
  description: 'description',
  status: 'status',
  product: 'product_name',
  product_id: 'product_id',
  insync: 'insync',
  customer: 'customer_id',
  customer_id: 'customer_id',
  start_date: 'start_date',
  end_date: 'end_date',
} as const;

type Matching = SelectQueryBuilder<Tables, 'subscriptions', object>;

/** Refusal `bad_filter`, `bad_range` or `bad_cursor` (400). `next` continues after the last item, null at the end. */
export async function listSubscriptions(
  { db }: ReadModels,
  query: SubscriptionQuery = {},
): Promise<Slice<SubscriptionItem> & { readonly next: string | null }> {
  const { offset, limit } = query.range ? window(query.range) : { offset: 0, limit: pageSize(query.limit) };
  let matching = searched(filtered(db.selectFrom('subscriptions'), query), query.search);
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
  return { items: page.map((row) => itemOf(row)), total: Number(total), next };
}

function filtered(all: Matching, { product, productIds, status, insync, customer, filter = [] }: SubscriptionQuery) {
  let matching = all;
  if (product !== undefined)
    matching = matching.where((eb) => eb.or([eb('product_id', '=', product), eb('product_name', '=', product)]));
  if (productIds !== undefined) matching = matching.where('product_id', 'in', ['', ...productIds]);
  if (status !== undefined) matching = matching.where('status', '=', status);
  if (insync !== undefined) matching = matching.where('insync', '=', insync ? 1 : 0);
  if (customer !== undefined) matching = matching.where('customer_id', '=', customer);
  for (const { field, value } of filter) {
    const column = columnFor(FIELDS, field);
    matching = matching.where(column, 'in', value.split('|').map((text) => sqlValue(column, text)) as never);
  }
  return matching;
}

/** Times are seconds on the wire and whole milliseconds in the table. */
function sqlValue(column: string, text: string): string | number {
  if (column === 'insync') return /^(true|1)$/i.test(text) ? 1 : 0;
  if (column !== 'start_date' && column !== 'end_date') return text;
  if (!/^\d{1,11}(\.\d{1,9})?$/.test(text)) throw new Refusal('bad_filter', 400, `${text} is no time in seconds`);
  return Math.round(Number(text) * 1000);
}

/** A word is found anywhere in what people know a subscription by, or at the beginning of its id. */
function searched(all: Matching, text: string | undefined): Matching {
  let matching = all;
  for (const word of (text ?? '').split(/\s+/).filter((each) => each !== '')) {
    const [field, value] = splitWord(word);
    const column = Object.hasOwn(FIELDS, field) ? FIELDS[field as keyof typeof FIELDS] : undefined;
    matching =
      column !== undefined && value !== undefined
        ? matching.where(column, 'in', value.split('|').map((each) => sqlValue(column, each)) as never)
        : matching.where((eb) => eb.or([like('search', `%${escaped(word)}%`), like('id', `${escaped(word)}%`)]));
  }
  return matching;
}

const splitWord = (word: string): readonly [string, string | undefined] => {
  const at = word.indexOf(':');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
};
const escaped = (word: string): string => word.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`);
const like = (column: 'search' | 'id', pattern: string) => sql<boolean>`${sql.ref(column)} LIKE ${pattern} ESCAPE '\\'`;

export async function subscription({ db }: ReadModels, id: string): Promise<SubscriptionDetail | undefined> {
  const row = await db.selectFrom('subscriptions').selectAll().where('id', '=', id).executeTakeFirst();
  return row && detailOf(row);
}
