import { Type } from 'typebox';
import type { FormPage } from '#workflow';
import { USER_GROUP_PRODUCT_ID } from './user-group.product.js';

const productPage = Type.Object({ product: Type.String({ format: 'productId' }) }, { title: 'Create user group' });
const groupPage = Type.Object(
  {
    group_name: Type.String({ minLength: 1, maxLength: 255, title: 'Group name' }),
    customer_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255, format: 'customerId', title: 'Customer' })),
  },
  { title: 'User Group' },
);

/** The wrapper's page, then the product's own (reference sections 1.9 and 3). */
export const createUserGroupForm: readonly FormPage[] = [
  {
    schema: () => productPage,
    check: ({ product }) =>
      product === USER_GROUP_PRODUCT_ID
        ? []
        : [
            {
              loc: ['product'],
              msg: 'This workflow is not valid for this product',
              type: 'value_error',
              input: product,
            },
          ],
  },
  { schema: () => groupPage },
];
