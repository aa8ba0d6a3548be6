import { Type, type TObject } from 'typebox';
import type { Answer, FormPage, LiveData, LiveSubscription } from '#workflow';

export type Page = FormPage<LiveData>;

/** First page of a create (reference 1.9): the product, which must list the workflow and still be sold. */
export const productPage = (productIds: readonly string[], title: string): Page => {
  const schema = Type.Object({ product: Type.String({ format: 'productId' }) }, { title });
  const msg = 'This workflow is not valid for this product';
  return {
    schema: () => schema,
    async check({ product }, live) {
      const wrong = productIds.includes(String(product)) ? await live.productEnded(String(product)) : msg;
      return wrong === undefined ? [] : [{ loc: ['product'], msg: wrong, type: 'value_error', input: product }];
    },
  };
};

/** First page of every other workflow on a subscription: which one, and the version that was looked at. */
export const subscriptionPage = (title: string): Page => {
  const about = {
    subscription_id: Type.String({ minLength: 1, maxLength: 255, format: 'subscriptionId', title: 'Subscription' }),
    version: Type.Optional(Type.Integer({ minimum: 0 })),
  };
  const schema = Type.Object(about, { title });
  return {
    schema: () => schema,
    check: ({ subscription_id, version }, live) =>
      live.startFaults(String(subscription_id), version as number | undefined),
    enters: ({ subscription_id }) => ({ subscription_id }),
  };
};

/** A page that is made from the subscription named on the first one. */
export const pageAbout = (
  make: (subscription: LiveSubscription, live: LiveData) => TObject | Promise<TObject>,
): Page => ({
  async schema([first], live) {
    const subscription = await live.subscription(idIn(first));
    // The first page has found it.
    if (subscription === undefined) throw new Error(`subscription ${idIn(first)} is not there any more`);
    return make(subscription, live);
  },
});

const idIn = (first: Answer | undefined): string => String(first?.['subscription_id']);

/** Second page of a terminate: a label and nothing to fill in; nothing of it enters the state. */
export const areYouSure: Page = {
  ...pageAbout(({ description }) => {
    const text = `Are you sure you want to remove ${description}?`;
    const label = Type.Optional(Type.String({ format: 'label', title: text, default: text }));
    return Type.Object({ are_you_sure: label }, { title: 'Terminate' });
  }),
  enters: () => ({}),
};

/** Shown, and accepted only as it is: the client may send it back. */
export const readOnly = (value: unknown, title: string) =>
  Type.Optional(Type.Unsafe<unknown>({ const: value, default: value, title, extraProperties: { disabled: true } }));
