import { Type, type Static } from 'typebox';
import { field, type Block, type Product } from '#catalogue';

export const USER_GROUP_PRODUCT_ID = '6a6f1c1e-53f2-4f43-9d0c-2f1f6f0a7b11';

const text = Type.String({ minLength: 1 });

/** Reference section 3; the id is the directory's, hence a text. */
export const userGroupBlock = {
  name: 'UserGroupBlock',
  tag: 'UGB',
  description: 'A group of users in the directory',
  fields: {
    group_name: field(text, 'provisioning'),
    group_id: field(text, 'active'),
  },
} satisfies Block;

/** The blocks of an active subscription, and those of one of which less may be there, as steps read them. */
export const activeGroup = { user_group: Type.Object({ group_name: text, group_id: text }) };
export type ActiveGroup = Static<typeof activeGroup.user_group>;
export const anyGroup = { user_group: Type.Optional(Type.Partial(activeGroup.user_group)) };

export const userGroupProduct: Product = {
  productId: USER_GROUP_PRODUCT_ID,
  name: 'User Group',
  description: 'Group of users',
  productType: 'UserGroup',
  tag: 'GROUP',
  createdAt: '2026-01-01T00:00:00+00:00',
  blocks: { user_group: userGroupBlock },
  workflows: [
    { name: 'create_user_group', target: 'CREATE', description: 'Create user group' },
    { name: 'modify_user_group', target: 'MODIFY', description: 'Modify user group' },
    { name: 'terminate_user_group', target: 'TERMINATE', description: 'Terminate user group' },
    { name: 'validate_user_group', target: 'VALIDATE', description: 'Validate user group' },
    { name: 'reconcile_user_group', target: 'RECONCILE', description: 'Reconcile user group' },
  ],
};
