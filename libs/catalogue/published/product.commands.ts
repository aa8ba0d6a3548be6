import type { CatalogueKind, ProductDefinition, ProductLifecycle } from './product.events.js';

/** `time` is milliseconds since the epoch. Repeats are silence. */
export type ProductCommand = RegisterProduct | PatchProduct | SetDescription;

/** At every start, for every product of the code; `status` counts the first time only. */
export interface RegisterProduct {
  readonly type: 'RegisterProduct';
  readonly definition: ProductDefinition;
  readonly status: ProductLifecycle;
  readonly time: number;
}
/**
 * Refusals: `not_found` 404 for a product that was never registered; `product_in_use` 400 for the end of life while subscriptions live, as
 * many as the views know; `validation_failed` 400 for a description of more than 2000 characters.
 */
export interface PatchProduct {
  readonly type: 'PatchProduct';
  readonly description?: string;
  readonly status?: ProductLifecycle;
  /** Whether its reconcile may start on a subscription that is out of sync, whatever the code says. */
  readonly reconcileOutOfSync?: boolean;
  readonly liveSubscriptions: number;
  readonly time: number;
}
/** Of anything in the catalogue but a product. Refusal `validation_failed` 400 for more than 2000 characters. */
export interface SetDescription {
  readonly type: 'SetDescription';
  readonly kind: Exclude<CatalogueKind, 'product'>;
  readonly name: string;
  readonly description: string;
  readonly time: number;
}
