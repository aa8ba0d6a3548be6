import type { Parts } from '../composition/parts.js';
import { CatalogueView } from '../products/catalogue.views.js';

/** Statuses of a product in which what is there lives on, and nothing new begins (reference 1.1). */
const ENDED: Readonly<Record<string, string>> = {
  'phase out': 'is being phased out',
  'end of life': 'is at the end of its life',
};

/** Why no subscription to a product is created any more, as the views have its status; undefined when it may be. */
export async function productEnded(parts: Parts, productId: string): Promise<string | undefined> {
  const product = parts.catalogue.find(productId);
  if (product === undefined) return undefined;
  const { name, status } = (await CatalogueView.of(parts)).about(product);
  const why = ENDED[status];
  return why && `No subscription to ${name} can be created: the product ${why}`;
}
