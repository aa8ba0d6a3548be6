import { Type, type TProperties } from 'typebox';
import type { Product } from '#catalogue';
import { step } from '#workflow';
import { asLoaded, loaded } from './loaded.js';
import { send } from './send.js';

const text = Type.String();
/** What every workflow on a subscription has in its state. */
export const id = { subscription_id: text };

export const init = step({ key: 'init', name: 'Start' });
export const done = step({ key: 'done', name: 'Done' });

/**
 * Makes the subscription, initial and out of sync, held by its root process. Its id follows from the process: a repeat finds it. Of several
 * products that share the workflow the form's first page has named one.
 */
export const createSubscription = (...products: readonly [Product, ...Product[]]) =>
  step({
    key: 'create_subscription',
    name: 'Create subscription',
    reads: { product: Type.Optional(text), customer_id: Type.Optional(text) },
    adds: { ...id, subscription: loaded({}) },
    async handler({ product, customer_id: customerId }, context) {
      const chosen = products.find((each) => each.productId === product) ?? products[0];
      const { productId, name: productName, description } = chosen;
      const subscription_id = context.id('subscription');
      const { processId, rootProcessId, workflow, target } = context;
      const state = await send(context, subscription_id, {
        type: 'CreateSubscription',
        productId,
        productName,
        customerId: customerId ?? context.id('customer'),
        description: `Initial subscription of ${description}`,
        processId,
        holder: { processId: rootProcessId, workflow, target },
        time: context.now(),
      });
      return { subscription_id, subscription: asLoaded(subscription_id, state) };
    },
    plan: 'as_it_runs',
  });

/** Records that the process works on the subscription, and reads what is recorded of it. */
export const storeProcessSubscription = <B extends TProperties>(blocks: B) =>
  step({
    key: 'store_process_subscription',
    name: 'Create Process Subscription relation',
    reads: id,
    adds: { subscription: loaded(blocks) },
    async handler({ subscription_id }, context) {
      const { processId, workflow, target } = context;
      const time = context.now();
      const state = await send(context, subscription_id, { type: 'RelateProcess', processId, workflow, target, time });
      return { subscription: asLoaded(subscription_id, state) as never };
    },
    plan: 'as_it_runs',
  });

/** The claim keeps others away; the flag shows that what is recorded and what is outside may differ until `resync`. */
export const unsync = step({
  key: 'unsync',
  name: 'Lock subscription',
  reads: id,
  async handler({ subscription_id }, context) {
    await send(context, subscription_id, { type: 'Unsync', processId: context.processId, time: context.now() });
    return {};
  },
  plan: 'as_it_runs',
});

export const resync = step({
  key: 'resync',
  name: 'Unlock subscription',
  reads: id,
  async handler({ subscription_id }, context) {
    await send(context, subscription_id, { type: 'Resync', processId: context.processId, time: context.now() });
    return {};
  },
  plan: 'as_it_runs',
});
