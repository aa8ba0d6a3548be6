import { sql, type SelectQueryBuilder } from 'kysely';
import type { ReadModels } from '../database/read-models.js';
import type { Tables } from '../database/tables.js';

/** Subscriptions of one range: more only where there would be too many ranges. */
const LEAST = 200;
const MOST_RANGES = 500;

/** `productIds`: only of these products. `validatable`: only active ones, and in sync unless `outOfSyncToo`. */
export interface RangeSelection {
  readonly productIds?: readonly string[];
  readonly validatable?: boolean;
  readonly outOfSyncToo?: boolean;
}
/** Ids behind `after`, up to and including `upTo`. */
export interface SubscriptionRange {
  readonly after: string;
  readonly upTo: string;
}
/** All selected subscriptions in at most 500 ranges of about the same size. */
export async function subscriptionRanges(
  models: ReadModels,
  of: RangeSelection,
): Promise<readonly SubscriptionRange[]> {
  const { count } = await selected(models, of)
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  const size = Math.max(LEAST, Math.ceil(Number(count) / MOST_RANGES));
  const ranges: SubscriptionRange[] = [];
  for (let after = ''; ; after = ranges.at(-1)!.upTo) {
    const page = selected(models, of).select('id').where('id', '>', after).orderBy('id').limit(size);
    const last = await models.db
      .selectFrom(page.as('page'))
      .select(sql<string | null>`max(id)`.as('id'))
      .executeTakeFirstOrThrow();
    if (last.id === null) return ranges;
    ranges.push({ after, upTo: last.id });
  }
}

export async function subscriptionIdsIn(
  models: ReadModels,
  { after, upTo }: SubscriptionRange,
  of: RangeSelection,
): Promise<readonly string[]> {
  const rows = await selected(models, of)
    .select('id')
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

function selected({ db }: ReadModels, of: RangeSelection): SelectQueryBuilder<Tables, 'subscriptions', object> {
  const all = db.selectFrom('subscriptions');
  const known = of.productIds === undefined ? all : all.where('product_id', 'in', ['', ...of.productIds]);
  if (of.validatable !== true) return known;
  const active = known.where('status', '=', 'active');
  return of.outOfSyncToo === true ? active : active.where('insync', '=', 1);
}
