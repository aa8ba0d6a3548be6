import { Type, type TSchema } from 'typebox';
import type { LiveData, LiveSubscription } from '#workflow';
import { areYouSure, pageAbout, productPage, subscriptionPage, type Page } from '../standard/index.js';
import { USER_GROUP_PRODUCT_ID } from '../user-group/index.js';
import { userProducts } from './user.product.js';

const name = { minLength: 1, maxLength: 255, title: 'User name' };
const AGE = { minimum: 0, maximum: 150, title: 'Age' };

/** Exactly one of the active groups, or the one that it is in. */
function groupChoice(groups: readonly LiveSubscription[], current?: string): TSchema {
  const options = Object.fromEntries(groups.map((each) => [each.subscription_id, each.description]));
  const ids = Object.keys(options);
  const items = ids.length === 0 ? Type.Never() : Type.Unsafe<string>({ type: 'string', enum: ids, options });
  const chosen = current === undefined ? {} : { default: [current] };
  return Type.Array(items, { minItems: 1, maxItems: 1, uniqueItems: true, title: 'User group', ...chosen });
}

const activeGroups = (live: LiveData) => live.subscriptions({ productId: USER_GROUP_PRODUCT_ID, status: 'active' });

const form = (title: string, groups: TSchema, known: { username?: unknown; age?: unknown } = {}) =>
  Type.Object(
    {
      username: Type.String({ ...name, ...(known.username !== undefined && { default: known.username }) }),
      age: Type.Optional(
        Type.Union([Type.Integer(AGE), Type.Null()], {
          ...AGE,
          ...(known.age !== undefined && { default: known.age }),
        }),
      ),
      user_group_ids: groups,
    },
    { title },
  );

const enters: Page['enters'] = ({ user_group_ids, ...answer }) => ({
  ...answer,
  user_group_id: (user_group_ids as readonly string[])[0],
});

const createPage: Page = {
  schema: async (_, live) => form('User', groupChoice(await activeGroups(live))),
  enters,
};

const modifyPage: Page = {
  ...pageAbout(async ({ values: { user = {} } }, live) => {
    const current = String((user['group'] as { owner_subscription_id?: string } | undefined)?.owner_subscription_id);
    const groups = await activeGroups(live);
    const own = groups.some((each) => each.subscription_id === current) ? undefined : await live.subscription(current);
    return form('User', groupChoice(own ? [...groups, own] : groups, current), user);
  }),
  enters,
};

/** By workflow (reference sections 1.9 and 3). */
export const userForms: Readonly<Record<string, readonly Page[]>> = {
  create_user: [
    productPage(
      userProducts.map(({ productId }) => productId),
      'Create user',
    ),
    createPage,
  ],
  modify_user: [subscriptionPage('Modify user'), modifyPage],
  terminate_user: [subscriptionPage('Terminate user'), areYouSure],
  validate_user: [subscriptionPage('Validate user')],
  reconcile_user: [subscriptionPage('Reconcile user')],
};
