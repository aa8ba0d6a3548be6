import { Type } from 'typebox';
import { field, type Block, type BlockIn, type Product, type State } from '#catalogue';

export const USER_GROUP_PRODUCT_ID = '6a6f1c1e-53f2-4f43-9d0c-2f1f6f0a7b11';

/** Reference section 3; the id is the directory's, hence a text. */
export const userGroupBlock = {
  name: 'UserGroupBlock',
  tag: 'UGB',
  description: 'A group of users in the directory',
  fields: {
    group_name: field(Type.String({ minLength: 1 }), 'provisioning'),
    group_id: field(Type.String({ minLength: 1 }), 'active'),
  },
} satisfies Block;

/** Values of a user group's block in a lifecycle state. */
export type UserGroup<S extends State> = BlockIn<typeof userGroupBlock, S>;

export const userGroupProduct: Product = {
  productId: USER_GROUP_PRODUCT_ID,
  name: 'User Group',
  description: 'Group of users',
  productType: 'UserGroup',
  tag: 'GROUP',
  createdAt: '2026-01-01T00:00:00+00:00',
  blocks: { user_group: userGroupBlock },
  workflows: [{ name: 'create_user_group', target: 'CREATE', description: 'Create user group' }],
};
