import { Type } from 'typebox';
import { areYouSure, pageAbout, productPage, readOnly, subscriptionPage, type Page } from '../standard/index.js';
import { USER_GROUP_PRODUCT_ID } from './user-group.product.js';

const groupName = { minLength: 1, maxLength: 255, title: 'Group name' };
const created = Type.Object(
  {
    group_name: Type.String(groupName),
    customer_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255, format: 'customerId', title: 'Customer' })),
  },
  { title: 'User Group' },
);

const modifyPage: Page = {
  ...pageAbout(({ values: { user_group = {} } }) =>
    Type.Object(
      {
        group_name: Type.String({ ...groupName, default: user_group['group_name'] }),
        group_id: readOnly(user_group['group_id'], 'Group id'),
      },
      { title: 'User Group' },
    ),
  ),
  enters: ({ group_name }) => ({ group_name }),
};

/** By workflow (reference sections 1.9 and 3). */
export const userGroupForms: Readonly<Record<string, readonly Page[]>> = {
  create_user_group: [productPage([USER_GROUP_PRODUCT_ID], 'Create user group'), { schema: () => created }],
  modify_user_group: [subscriptionPage('Modify user group'), modifyPage],
  terminate_user_group: [subscriptionPage('Terminate user group'), areYouSure],
  validate_user_group: [subscriptionPage('Validate user group')],
  reconcile_user_group: [subscriptionPage('Reconcile user group')],
};
