import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'ldapts';
import { ldapDirectory } from '#products';
import { SlapdServer } from '#testing';
import { firstFault, ProductsTalk } from './products.js';
import { until, World } from './world.js';

const slapd = await SlapdServer.start();
if (slapd === undefined) process.stderr.write('skipped: ldap.e2e.spec.ts needs slapd\n');

/** The products of the directory in a server that speaks LDAP to it. What they refuse is shown over SCIM, in products.e2e.spec.ts. */
(slapd === undefined ? describe.skip : describe)('users and groups over LDAP', () => {
  const { url = '', bindDn = '', password = '', usersBase = '', groupsBase = '' } = slapd ?? {};
  /** Somebody else who changes the directory. */
  const byHand = ldapDirectory({ url, bindDn, password, usersBase, groupsBase });
  let world: World;
  let talk: ProductsTalk;
  let group: { id: string; group_id: string };
  let user: { id: string; user_id: string };

  beforeAll(async () => {
    world = await World.start({
      PURVEYOR_DIRECTORY: 'ldap',
      PURVEYOR_LDAP_URL: url,
      PURVEYOR_LDAP_BIND_DN: bindDn,
      PURVEYOR_LDAP_PASSWORD: password,
      PURVEYOR_LDAP_USERS_BASE: usersBase,
      PURVEYOR_LDAP_GROUPS_BASE: groupsBase,
    });
    talk = new ProductsTalk(world);
  }, 60_000);
  afterAll(async () => {
    await world?.stop();
    await slapd?.remove();
  });

  /** Runs a workflow to its good end, until nobody holds the subscription; answers the state. */
  async function run(workflow: string, ...pages: object[]): Promise<any> {
    const { last_status, failed_reason, current_state } = await talk.run(workflow, ...pages);
    expect([workflow, last_status, failed_reason]).toEqual([workflow, 'completed', null]);
    await talk.free(current_state.subscription_id);
    return current_state;
  }
  const ofGroup = () => ({ subscription_id: group.id });
  const ofUser = () => ({ subscription_id: user.id });

  /** How many entries there are below a base, as the directory's own client counts. */
  async function entries(base: string, filter: string): Promise<number> {
    const client = new Client({ url });
    await client.bind(bindDn, password);
    const { searchEntries } = await client.search(base, { scope: 'sub', filter });
    await client.unbind();
    return searchEntries.length;
  }

  it('are created there, the user as a member of the group', async () => {
    const made = await run(
      'create_user_group',
      { product: await talk.product('User Group') },
      { group_name: 'Engineers' },
    );
    group = { id: made.subscription_id, group_id: made.group_id };
    const product = await talk.product('User internal');
    const hired = await run('create_user', { product }, { username: 'ada', age: 36, user_group_ids: [group.id] });
    user = { id: hired.subscription_id, user_id: hired.user_id };
    expect(await byHand.findGroup({ id: group.group_id })).toMatchObject({
      displayName: 'Engineers',
      externalId: group.id,
    });
    expect(await byHand.findUser({ id: user.user_id })).toMatchObject({ userName: 'ada', userType: 'internal' });
    expect(await byHand.isMember(group.group_id, user.user_id)).toBe(true);
    expect([
      await entries(groupsBase, '(objectClass=groupOfNames)'),
      await entries(usersBase, '(&(objectClass=inetOrgPerson)(uid=ada))'),
    ]).toEqual([1, 1]);
  }, 60_000);

  it('a group is renamed with its members; validate finds what somebody renamed, reconcile repairs it', async () => {
    await run('modify_user_group', ofGroup(), { group_name: 'Builders' });
    expect(await byHand.findGroup({ displayName: 'Builders' })).toMatchObject({ id: group.group_id });
    expect(await byHand.isMember(group.group_id, user.user_id)).toBe(true);
    await byHand.renameGroup(group.group_id, 'Vandals');
    const differences = [{ path: 'user_group.group_name', expected: 'Builders', found: 'Vandals' }];
    expect((await run('validate_user_group', ofGroup())).drift).toEqual(differences);
    expect(await talk.subscription(group.id)).toMatchObject({ insync: false, drift: { differences } });
    expect((await world.api('PUT', `/api/subscriptions/${group.id}/set_in_sync`)).status).toBe(200);
    expect((await run('reconcile_user_group', ofGroup())).external_changes).toEqual(differences);
    expect(await byHand.findGroup({ id: group.group_id })).toMatchObject({ displayName: 'Builders' });
    expect((await run('validate_user_group', ofGroup())).drift).toEqual([]);
  }, 60_000);

  it('a user is renamed; one whom somebody took out of the group is found, and put back', async () => {
    await run('modify_user', ofUser(), { username: 'lovelace', age: 37, user_group_ids: [group.id] });
    expect(await byHand.findUser({ userName: 'lovelace' })).toMatchObject({ id: user.user_id });
    await byHand.removeMember(group.group_id, user.user_id);
    const differences = [{ path: 'user.group', expected: group.group_id, found: null }];
    expect((await run('validate_user', ofUser())).drift).toEqual(differences);
    expect((await world.api('PUT', `/api/subscriptions/${user.id}/set_in_sync`)).status).toBe(200);
    expect((await run('reconcile_user', ofUser())).external_changes).toEqual(differences);
    expect(await byHand.isMember(group.group_id, user.user_id)).toBe(true);
  }, 60_000);

  it('a name that is taken fails the process with the reason, and nothing is made', async () => {
    const product = await talk.product('User Group');
    const failed = await talk.run('create_user_group', { product }, { group_name: 'Builders' });
    expect(failed).toMatchObject({ last_status: 'failed', failed_reason: expect.stringContaining('Builders') });
    expect(await entries(groupsBase, '(objectClass=groupOfNames)')).toBe(1);
    expect((await world.api('PUT', `/api/processes/${failed.process_id}/abort`)).status).toBe(204);
  }, 60_000);

  it('a group with a user is not taken away; both are, one after the other', async () => {
    const refused = await talk.start('terminate_user_group', ofGroup());
    expect(firstFault(refused).slice(0, 2)).toEqual([400, ['subscription_id']]);
    await run('terminate_user', ofUser(), {});
    expect(await byHand.findUser({ id: user.user_id })).toBeUndefined();
    await until(
      async () => (await talk.start('terminate_user_group', ofGroup())).status,
      (status) => status === 510,
    );
    await run('terminate_user_group', ofGroup(), {});
    expect([await entries(groupsBase, '(objectClass=groupOfNames)'), await entries(usersBase, '(uid=*)')]).toEqual([
      0, 0,
    ]);
  }, 60_000);
});
