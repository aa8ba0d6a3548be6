import { beforeAll, expect, it } from '@jest/globals';
import { productsActions, type Group, type Started, type User } from './products.actions.js';
import { firstFault, type ProductsTalk } from './products.js';
import { until, type World } from './world.js';

/** The life of a user in a group. */
export function userSuite(given: () => Started): void {
  const { createGroup, createUser, patch, scim } = productsActions(given);
  let world: World;
  let talk: ProductsTalk;
  let group: Group;
  let other: Group;
  let user: User;
  beforeAll(async () => {
    ({ world, talk } = given());
    [group, other] = [await createGroup(), await createGroup()];
    user = await createUser(group.id, 'ada', 'external');
  }, 60_000);
  const first = () => ({ subscription_id: user.id });
  const members = async (id: string): Promise<string[]> =>
    ((await scim('GET', `/Groups/${id}`)).body.members ?? []).map((each: any) => each.value);

  it('is made in the directory as a member of its group', async () => {
    const { body } = await scim('GET', `/Users/${user.user_id}`);
    expect(body).toMatchObject({ userName: 'ada', userType: 'external', externalId: user.id });
    expect(await members(group.group_id)).toEqual([user.user_id]);
    const model = (await world.api('GET', `/api/subscriptions/domain-model/${user.id}`)).body;
    expect(model).toMatchObject({ affiliation: 'external', user: { username: 'ada', age: 36, user_id: user.user_id } });
  });

  it('keeps its group from being terminated, and the reasons name it', async () => {
    const reason = { reason: 'subscription.no_modify_subscription_in_use_by_others' };
    const ids = { unterminated_in_use_by_subscriptions: [user.id] };
    expect(await talk.reason(group.id, 'terminate_user_group')).toMatchObject({ ...reason, ...ids });
    const refused = await talk.start('terminate_user_group', { subscription_id: group.id });
    expect(firstFault(refused)[2]).toContain('because it is used in other subscriptions');
    expect(refused.body.validation_errors[0].ctx).toMatchObject({ ...reason, ...ids });
  });

  it('form offers active groups only, and takes exactly one', async () => {
    const product = await talk.product('User internal');
    const asked = await talk.start('create_user', { product });
    const { items } = asked.body.form.properties.user_group_ids;
    expect([items.enum.includes(group.id), items.options[group.id]]).toEqual([true, expect.any(String)]);
    for (const user_group_ids of [[], [group.id, other.id], [user.id]]) {
      const refused = await talk.start('create_user', { product }, { username: 'eve', user_group_ids });
      expect(firstFault(refused).slice(0, 1)).toEqual([400]);
    }
  });

  it('changes its name and its group', async () => {
    const answers = { username: 'lovelace', age: null, user_group_ids: [other.id] };
    expect((await talk.run('modify_user', first(), answers)).last_status).toBe('completed');
    await talk.free(user.id);
    expect([await members(group.group_id), await members(other.group_id)]).toEqual([[], [user.user_id]]);
    expect((await scim('GET', `/Users/${user.user_id}`)).body.userName).toBe('lovelace');
    expect((await talk.subscription(user.id)).description).toMatch(/^User lovelace from group .* \(external\)$/);
    await until(
      () => talk.reason(group.id, 'terminate_user_group'),
      ({ reason }) => reason === undefined,
    );
  });

  it('a membership taken by hand is found by validate, and given back by reconcile', async () => {
    const membership = { op: 'remove', path: `members[value eq "${user.user_id}"]` };
    await patch(`/Groups/${other.group_id}`, membership);
    expect(await members(other.group_id)).toEqual([]);
    const repaired = await talk.run('reconcile_user', first());
    const differences = [{ path: 'user.group', expected: other.group_id, found: null }];
    expect(repaired.current_state.external_changes).toEqual(differences);
    expect(await members(other.group_id)).toEqual([user.user_id]);
    await patch(`/Groups/${other.group_id}`, membership);
    const found = await talk.run('validate_user', first());
    expect(found.current_state.drift).toEqual(differences);
    expect((await world.api('PUT', `/api/subscriptions/${user.id}/set_in_sync`)).status).toBe(200);
    const again = await talk.run('reconcile_user', first());
    expect(again.current_state).toMatchObject({ repaired_validation: found.process_id });
    expect(await members(other.group_id)).toEqual([user.user_id]);
    await talk.free(user.id);
    expect((await talk.subscription(user.id)).insync).toBe(true);
  });

  it('terminate takes it away, and its group is free', async () => {
    expect((await talk.run('terminate_user', first(), {})).last_status).toBe('completed');
    await talk.free(user.id);
    expect((await scim('GET', `/Users/${user.user_id}`)).status).toBe(404);
    expect(await members(other.group_id)).toEqual([]);
    await until(
      () => talk.reason(other.id, 'terminate_user_group'),
      ({ reason }) => reason === undefined,
    );
    expect((await talk.run('terminate_user_group', { subscription_id: other.id }, {})).last_status).toBe('completed');
  });
}
