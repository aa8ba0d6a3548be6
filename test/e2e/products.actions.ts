import { expect } from '@jest/globals';
import type { ProductsTalk } from './products.js';
import { request, TOKEN, type World } from './world.js';

/** What a spec has started. */
export interface Started {
  readonly world: World;
  readonly talk: ProductsTalk;
}

export interface Group {
  readonly id: string;
  readonly group_id: string;
}

export interface User {
  readonly id: string;
  readonly user_id: string;
}

const authorization = { authorization: `Bearer ${TOKEN}` };
let made = 0;

/** What the tests of products do to the world that `given` answers, from when it is there. */
export function productsActions(given: () => Started) {
  const scim = (method: string, path: string, body?: object) =>
    request(method, `${given().world.sandboxUrl}/scim/v2${path}`, body && JSON.stringify(body), authorization);
  const nrm = (method: string, path: string, body?: object) =>
    request(method, `${given().world.sandboxUrl}/nrm${path}`, body && JSON.stringify(body), {
      ...authorization,
      'idempotency-key': `by-hand-${Math.random()}`,
    });
  /** By hand, as somebody else would. */
  const patch = (path: string, ...operations: object[]) =>
    scim('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations });

  const dry = (workflow: string, ...pages: object[]) =>
    given().world.api('POST', `/api/processes/${workflow}/dry-run`, pages);

  async function createGroup(group_name = `Group ${++made}`): Promise<Group> {
    const { talk } = given();
    const product = await talk.product('User Group');
    const { current_state } = await talk.run('create_user_group', { product }, { group_name });
    return { id: current_state.subscription_id, group_id: current_state.group_id };
  }
  async function createUser(group: string, username = `user${++made}`, kind = 'internal'): Promise<User> {
    const { talk } = given();
    const product = await talk.product(`User ${kind}`);
    const process = await talk.run('create_user', { product }, { username, age: 36, user_group_ids: [group] });
    expect(process.last_status).toBe('completed');
    return { id: process.current_state.subscription_id, user_id: process.current_state.user_id };
  }
  return { scim, nrm, patch, dry, createGroup, createUser };
}
