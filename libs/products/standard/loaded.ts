import { Type, type TProperties } from 'typebox';
import type { ExistingSubscription } from '#subscription';

const text = Type.String();

/** What steps read of a subscription at `subscription` in the state; `blocks` are the product's, as they are in the states it may be in. */
export const loaded = <B extends TProperties>(blocks: B) =>
  Type.Object({
    subscription_id: text,
    product_id: text,
    customer_id: text,
    description: text,
    status: text,
    ...blocks,
  });

/** A subscription as it is recorded, in the form of {@link loaded}. */
export const asLoaded = (subscription_id: string, state: ExistingSubscription) => ({
  subscription_id,
  product_id: state.productId,
  customer_id: state.customerId,
  description: state.description,
  status: state.status,
  ...state.values,
});
