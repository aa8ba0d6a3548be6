import type { Catalogue } from '#catalogue';
import type { SubscriptionDetail, SubscriptionItem } from '#read-models';
import type { CatalogueView } from '../products/catalogue.views.js';
import { BlockWriter } from './domain-model.js';
import type { Relations } from './instance-relations.js';

/** A subscription of the view with what the catalogue knows of its product. A product that no code has keeps id and name. */
export function shapeOf<T extends Omit<SubscriptionItem, 'metadata'>>(
  catalogue: Catalogue,
  view: CatalogueView,
  item: T,
) {
  const found = catalogue.find(item.product_id);
  return found ? { ...item, product: view.about(found), tag: found.tag } : { ...item, tag: null };
}

/** The nested model: keys of the subscription, fixed inputs of its product, then one object for each root block. */
export function domainModel(
  catalogue: Catalogue,
  view: CatalogueView,
  { values: _v, position: _p, holder: _h, creation: _c, drift: _d, metadata: _m, ...item }: SubscriptionDetail,
  relations: Relations,
  filterOwnerRelations: boolean,
) {
  const id = item.subscription_id;
  const writer = new BlockWriter(catalogue, relations, filterOwnerRelations ? id : undefined);
  return {
    ...shapeOf(catalogue, view, item),
    ...catalogue.find(item.product_id)?.fixedInputs,
    ...writer.rootsOf(id),
  };
}
