import { Type, type Static } from 'typebox';
import { field, foreign, type Block, type Product } from '#catalogue';
import { userGroupBlock } from '../user-group/user-group.product.js';

const text = Type.String({ minLength: 1 });

/** Reference section 3; the id is the directory's, hence a text. The age stays here: SCIM and LDAP have no place for it. */
export const userBlock = {
  name: 'UserBlock',
  tag: 'UB',
  description: 'A user in the directory, member of one group',
  fields: {
    group: foreign(userGroupBlock, 'initial'),
    username: field(text, 'provisioning'),
    age: field(Type.Integer({ minimum: 0, maximum: 150 }), 'never'),
    user_id: field(text, 'active'),
  },
} satisfies Block;

/** A reference to the block of a group's subscription (ADR 0041). */
export const groupReference = Type.Object({ owner_subscription_id: text, subscription_instance_id: text });

/** The blocks of an active subscription, and those of one of which less may be there, as steps read them. */
export const activeUser = {
  user: Type.Object({
    group: groupReference,
    username: text,
    age: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    user_id: text,
  }),
};
export type ActiveUser = Static<typeof activeUser.user>;
export const anyUser = { user: Type.Optional(Type.Partial(activeUser.user)) };

const workflows = ['create', 'modify', 'terminate', 'validate', 'reconcile'].map((verb) => ({
  name: `${verb}_user`,
  target: verb.toUpperCase(),
  description: `${verb[0]!.toUpperCase()}${verb.slice(1)} user`,
  // One whose creation ended before it was provisioned still holds its group.
  ...(verb === 'terminate' && { usableWhen: ['initial', 'provisioning', 'active'] as const }),
}));

const product = (productId: string, affiliation: string, tag: string): Product => ({
  productId,
  name: `User ${affiliation}`,
  description: `User of the directory, ${affiliation} to the organisation`,
  productType: 'User',
  tag,
  createdAt: '2026-01-01T00:00:00+00:00',
  fixedInputs: { affiliation },
  blocks: { user: userBlock },
  workflows,
});

export const USER_INTERNAL_PRODUCT_ID = '0f0d52b1-9a3c-4b57-8a54-6d1f7f6c2a01';
export const USER_EXTERNAL_PRODUCT_ID = '0f0d52b1-9a3c-4b57-8a54-6d1f7f6c2a02';
export const userProducts = [
  product(USER_INTERNAL_PRODUCT_ID, 'internal', 'USER_INT'),
  product(USER_EXTERNAL_PRODUCT_ID, 'external', 'USER_EXT'),
] as const;

/** Fixed input of the subscription's product. */
export const affiliationOf = (productId: string): string =>
  userProducts.find((each) => each.productId === productId)?.fixedInputs?.['affiliation'] ?? '';
