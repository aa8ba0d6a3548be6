import { beforeAll, expect, it } from '@jest/globals';
import { productsActions, type Group, type Started } from './products.actions.js';
import { firstFault, keys, NOT_IN_SYNC, type ProductsTalk } from './products.js';
import type { World } from './world.js';

/** What validate finds of a group that was renamed by hand, and what reconcile makes of it. */
export function driftSuite(given: () => Started & { readonly group: Group }): void {
  let world: World;
  let talk: ProductsTalk;
  let group: Group;
  beforeAll(() => {
    ({ world, talk, group } = given());
  });
  const { dry, patch, scim } = productsActions(given);
  const first = () => ({ subscription_id: group.id });

  it('validate finds nothing and leaves it in sync', async () => {
    const process = await talk.run('validate_user_group', first());
    expect(process).toMatchObject({ last_status: 'completed', is_task: true, current_state: { drift: [] } });
    expect(keys(process).slice(0, 3)).toEqual(['init', 'store_process_subscription', 'unsync']);
    await talk.free(group.id);
    expect(await talk.subscription(group.id)).toMatchObject({ insync: true, drift: null });
  });

  it('a rename by hand is repaired by reconcile, which changes nothing in the subscription', async () => {
    await patch(`/Groups/${group.group_id}`, { op: 'replace', path: 'displayName', value: 'Vandals' });
    const before = await talk.subscription(group.id);
    const differences = [{ path: 'user_group.group_name', expected: 'Builders', found: 'Vandals' }];
    const found = await dry('reconcile_user_group', first());
    expect(found).toMatchObject({
      status: 200,
      body: { workflow: 'reconcile_user_group', state: { external_changes: differences, repaired_validation: null } },
    });
    expect(found.body.steps.filter(({ effects }: any) => effects.length > 0)).toMatchObject([
      {
        key: 'update_user_group_in_external_systems',
        name: 'Update user group in external systems',
        effects: [{ system: 'directory', action: 'update', differences }],
      },
    ]);
    expect(await talk.subscription(group.id)).toEqual(before);
    expect((await scim('GET', `/Groups/${group.group_id}`)).body.displayName).toBe('Vandals');
    const process = await talk.run('reconcile_user_group', first());
    expect(process).toMatchObject({
      last_status: 'completed',
      current_state: { external_changes: differences, repaired_validation: null },
    });
    await talk.free(group.id);
    expect((await scim('GET', `/Groups/${group.group_id}`)).body.displayName).toBe('Builders');
    const { values, description, insync } = await talk.subscription(group.id);
    expect({ values, description, insync }).toEqual({
      values: before.values,
      description: before.description,
      insync: true,
    });
  });

  it('what validate finds puts it out of sync and is shown; reconcile asks for a subscription in sync', async () => {
    await patch(`/Groups/${group.group_id}`, { op: 'replace', path: 'displayName', value: 'Vandals' });
    const found = await talk.run('validate_user_group', first());
    const differences = [{ path: 'user_group.group_name', expected: 'Builders', found: 'Vandals' }];
    expect(found.current_state.drift).toEqual(differences);
    await talk.free(group.id);
    expect(await talk.subscription(group.id)).toMatchObject({
      insync: false,
      drift: { process_id: found.process_id, differences },
    });
    expect(await talk.reason(group.id, 'reconcile_user_group')).toMatchObject({ reason: 'subscription.not_in_sync' });
    expect(firstFault(await talk.start('reconcile_user_group', first()))[2]).toBe(NOT_IN_SYNC);
    expect((await world.api('PUT', `/api/subscriptions/${group.id}/set_in_sync`)).status).toBe(200);
    expect(await talk.subscription(group.id, ({ insync }) => insync)).toMatchObject({ drift: { differences } });
    const repaired = await talk.run('reconcile_user_group', first());
    expect(repaired.current_state).toMatchObject({
      external_changes: differences,
      repaired_validation: found.process_id,
    });
    await talk.free(group.id);
    expect(await talk.subscription(group.id)).toMatchObject({ insync: true, drift: null });
    expect((await talk.run('validate_user_group', first())).current_state.drift).toEqual([]);
    await talk.free(group.id);
  });

  it('an operator may allow a product to be reconciled out of sync, and take that back', async () => {
    const product = await talk.product('User Group');
    const allow = (reconcile_out_of_sync: unknown) =>
      world.api('PATCH', `/api/products/${product}`, { reconcile_out_of_sync });
    expect((await world.api('GET', `/api/products/${product}`)).body.reconcile_out_of_sync).toBe(false);
    expect((await allow('often')).body).toMatchObject({ status: 400, errors: [{ pointer: '/reconcile_out_of_sync' }] });
    const drifted = async () => {
      await patch(`/Groups/${group.group_id}`, { op: 'replace', path: 'displayName', value: 'Vandals' });
      const { process_id } = await talk.run('validate_user_group', first());
      await talk.free(group.id);
      return process_id as string;
    };
    const found = await drifted();
    expect(await allow(true)).toMatchObject({ status: 201, body: { reconcile_out_of_sync: true } });
    expect((await talk.reason(group.id, 'reconcile_user_group')).reason).toBeUndefined();
    expect((await talk.reason(group.id, 'modify_user_group')).reason).toBe('subscription.not_in_sync');
    const { current_state } = await talk.run('reconcile_user_group', first());
    expect(current_state).toMatchObject({ external_changes: expect.any(Array), repaired_validation: found });
    await talk.free(group.id);
    expect(await allow(false)).toMatchObject({ status: 201, body: { reconcile_out_of_sync: false } });
    await drifted();
    expect(firstFault(await talk.start('reconcile_user_group', first()))[2]).toBe(NOT_IN_SYNC);
    expect((await world.api('PUT', `/api/subscriptions/${group.id}/set_in_sync`)).status).toBe(200);
    await talk.run('reconcile_user_group', first());
    await talk.free(group.id);
  });
}
