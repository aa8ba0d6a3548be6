import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProductsTalk } from './products.js';
import { l2vpnSuite } from './products.l2vpn.js';
import { userSuite } from './products.user.js';
import { userGroupSuite } from './products.user-group.js';
import { until, World } from './world.js';

let world: World;
let talk: ProductsTalk;
beforeAll(async () => {
  world = await World.start();
  talk = new ProductsTalk(world);
}, 60_000);
afterAll(() => world?.stop());
const started = () => ({ world, talk });

describe('user group', () => {
  userGroupSuite(started);
});

describe('an aborted create', () => {
  it('leaves nothing outside: its operation is aborted, and takes back what may have been made', async () => {
    const [product, group_name] = [await talk.product('User Group'), 'Nobody wants it'];
    const match = { method: 'POST', path: '/scim/v2/Groups', bodyContains: group_name };
    // The group is made, and nobody hears of it.
    await world.script(match, { kind: 'lose_answer' }, 0);
    const { id } = (await talk.start('create_user_group', { product }, { group_name })).body;
    const names = async () => (await world.groups()).map(({ displayName }) => displayName);
    await until(names, (all) => all.includes(group_name));
    expect((await world.api('PUT', `/api/processes/${id}/abort`)).status).toBe(204);
    await until(names, (all) => !all.includes(group_name));
    const process = await until(
      async () => (await world.api('GET', `/api/processes/${id}`)).body,
      ({ steps }) => steps.some(({ status }: any) => status === 'failed'),
    );
    expect(process).toMatchObject({ last_status: 'aborted', left_over: [] });
    await talk.free(process.current_state.subscription_id);
    await world.clearScripts();
    const types = (await world.events(`process-${id}`)).map(({ type }) => type);
    expect(types.lastIndexOf('StepFailed')).toBeGreaterThan(types.indexOf('ProcessAborted'));
  });
});

describe('user', () => {
  userSuite(started);
});

describe('L2VPN', () => {
  l2vpnSuite(started);
});
