import type { ReadModels } from '../database/read-models.js';
import type { CatalogueDoc } from './catalogue.projection.js';

/** Everything on record of the catalogue, by id. */
export async function catalogueRecords({ db }: ReadModels): Promise<ReadonlyMap<string, CatalogueDoc>> {
  const rows = await db.selectFrom('catalogue').select(['id', 'doc']).execute();
  return new Map(rows.map(({ id, doc }) => [id, JSON.parse(doc) as CatalogueDoc]));
}

/** What is on record of one thing in the catalogue. */
export async function catalogueRecord({ db }: ReadModels, id: string): Promise<CatalogueDoc | undefined> {
  const row = await db.selectFrom('catalogue').select('doc').where('id', '=', id).executeTakeFirst();
  return row && (JSON.parse(row.doc) as CatalogueDoc);
}

/** Subscriptions of a product that are not terminated. */
export async function liveSubscriptions({ db }: ReadModels, productId: string): Promise<number> {
  const { live } = await db
    .selectFrom('subscriptions')
    .select((eb) => eb.fn.countAll().as('live'))
    .where('product_id', '=', productId)
    .where('status', '!=', 'terminated')
    .executeTakeFirstOrThrow();
  return Number(live);
}
