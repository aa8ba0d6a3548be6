import type { Catalogue, Product } from '#catalogue';
import { uuidV5 } from '#platform';
import type { SubscriptionDetail, SubscriptionItem } from '#read-models';

/** A subscription of the view with what the catalogue knows of its product. A product that no code has keeps id and name. */
export function shapeOf<T extends SubscriptionItem>(catalogue: Catalogue, item: T) {
  const found = catalogue.products().find(({ product_id }) => product_id === item.product_id);
  if (found === undefined) return { ...item, tag: null, customer_descriptions: [] };
  const { product_id, name, description, product_type, status, tag, created_at, end_date } = found;
  const product = { product_id, name, description, product_type, status, tag, created_at, end_date };
  return { ...item, product, tag, customer_descriptions: [] };
}

/** The nested model: keys of the subscription, then one object for each root block. Fields without a value are null. */
export function domainModel(
  catalogue: Catalogue,
  { values, position: _, holder: _h, creation: _c, ...item }: SubscriptionDetail,
) {
  const blocks = catalogue.find(item.product_id)?.blocks ?? {};
  const owner = item.subscription_id;
  const shown = Object.entries(blocks).map(([attribute, block]) => {
    const about = blockOf(owner, attribute, block.name);
    return [attribute, { ...about, ...emptyFields(block), ...values[attribute] }] as const;
  });
  return { ...shapeOf(catalogue, item), ...Object.fromEntries(shown) };
}

const blockOf = (owner: string, attribute: string, name: string) => ({
  name,
  subscription_instance_id: uuidV5(JSON.stringify(['instance', owner, attribute])),
  owner_subscription_id: owner,
  label: null,
  in_use_by_ids: [],
  in_use_by_relations: [],
});

const emptyFields = (block: Product['blocks'][string]) =>
  Object.fromEntries(Object.keys(block.fields).map((name) => [name, null]));
