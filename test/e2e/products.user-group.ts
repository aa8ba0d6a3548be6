import { beforeAll, expect, it } from '@jest/globals';
import { productsActions, type Group, type Started } from './products.actions.js';
import { driftSuite } from './products.drift.js';
import { dryRunSuite } from './products.dry-run.js';
import { firstFault, keys, NOT_IN_SYNC, type ProductsTalk } from './products.js';
import { until, type World } from './world.js';

/** The life of a group, from its forms to its end. */
export function userGroupSuite(given: () => Started): void {
  const { createGroup, patch, scim } = productsActions(given);
  let world: World;
  let talk: ProductsTalk;
  let group: Group;
  beforeAll(async () => {
    ({ world, talk } = given());
    group = await createGroup('Engineers');
  }, 40_000);
  const first = () => ({ subscription_id: group.id });

  it('modify asks with what is recorded, and renames it here and there', async () => {
    const asked = await talk.start('modify_user_group', first());
    expect(asked).toMatchObject({
      status: 510,
      body: { form: { properties: { group_name: { default: 'Engineers' }, group_id: { const: group.group_id } } } },
    });
    const process = await talk.run('modify_user_group', first(), { group_name: 'Builders' });
    expect([process.last_status, keys(process)]).toEqual([
      'completed',
      [
        'init',
        'store_process_subscription',
        'unsync',
        'set_status_provisioning',
        'update_subscription',
        'update_subscription_description',
        'set_status_active',
        'compare_user_group_with_external_systems',
        'update_user_group_in_external_systems',
        'resync',
        'done',
      ],
    ]);
    await talk.free(group.id);
    expect(await talk.subscription(group.id)).toMatchObject({
      status: 'active',
      insync: true,
      description: 'User Group Builders',
      values: { user_group: { group_name: 'Builders', group_id: group.group_id } },
    });
    expect((await scim('GET', `/Groups/${group.group_id}`)).body.displayName).toBe('Builders');
  });

  dryRunSuite(() => ({ world, talk, group }));

  it('forms refuse what is not there, another product, what is stale, and a foreign id', async () => {
    const unknown = await talk.start('modify_user_group', { subscription_id: 'none' });
    expect(firstFault(unknown)).toEqual([400, ['subscription_id'], 'Subscription not found']);
    const other = await talk.start('modify_l2vpn', first());
    expect(firstFault(other)).toEqual([400, ['subscription_id'], 'This workflow is not valid for this subscription']);
    const { version } = await talk.subscription(group.id);
    const stale = await talk.start('modify_user_group', { ...first(), version: version - 1 });
    expect(firstFault(stale)).toEqual([
      400,
      ['__root__'],
      `Stale data: given version (${version - 1}) does not match the current version (${version})`,
    ]);
    const foreign = await talk.start('modify_user_group', { ...first(), version }, { group_name: 'x', group_id: 'y' });
    expect(firstFault(foreign).slice(0, 2)).toEqual([400, ['group_id']]);
    const wrong = await talk.start('create_user_group', { product: await talk.product('L2VPN') });
    expect(firstFault(wrong)).toEqual([400, ['product'], 'This workflow is not valid for this product']);
  });

  it.each(['phase out', 'end of life'])('nothing is created of a product whose status is %s', async (status) => {
    const product = await talk.product('L2VPN');
    const become = (to: string) => world.api('PATCH', `/api/products/${product}`, { status: to });
    expect((await become(status)).body.status).toBe(status);
    const [code, loc, msg] = firstFault(await talk.start('create_l2vpn', { product }));
    expect([code, loc, msg]).toEqual([
      400,
      ['product'],
      expect.stringMatching(/^No subscription to L2VPN can be created/),
    ]);
    await become('active');
    expect((await talk.start('create_l2vpn', { product })).status).toBe(510);
  });

  it('a start claims on the version that was looked at', async () => {
    const { version } = await talk.subscription(group.id);
    const { process_id } = await talk.run('validate_user_group', { ...first(), version });
    const [started] = await world.events(`process-${process_id}`);
    expect(started!.data).toMatchObject({ claims: { subscriptionId: group.id, version } });
    await talk.free(group.id);
  });

  it('a name that is taken fails the process, and nothing starts beside it until it has ended', async () => {
    const [taken, victim] = [await createGroup('Taken'), await createGroup()];
    const failed = await talk.run('modify_user_group', { subscription_id: victim.id }, { group_name: 'Taken' });
    expect(failed).toMatchObject({ last_status: 'failed', failed_reason: expect.stringContaining('Taken') });
    await talk.subscription(victim.id, ({ insync }) => !insync);
    for (const workflow of ['modify_user_group', 'terminate_user_group', 'reconcile_user_group'])
      expect(firstFault(await talk.start(workflow, { subscription_id: victim.id }))).toEqual([
        400,
        ['subscription_id'],
        NOT_IN_SYNC,
      ]);
    await patch(`/Groups/${taken.group_id}`, { op: 'replace', path: 'displayName', value: 'Freed' });
    expect((await world.api('PUT', `/api/processes/${failed.process_id}/resume`, {})).status).toBe(204);
    const resumed = await until(
      () => talk.ended(failed.process_id),
      ({ last_status }) => last_status === 'completed',
    );
    expect(resumed.current_state.external_changes).toHaveLength(1);
    await talk.free(victim.id);
    expect((await talk.subscription(victim.id)).insync).toBe(true);
  });

  driftSuite(() => ({ world, talk, group }));

  it('terminate asks whether one is sure, and takes the group away', async () => {
    const label = 'Are you sure you want to remove User Group Builders?';
    const asked = await talk.start('terminate_user_group', first());
    expect(asked).toMatchObject({
      status: 510,
      body: { form: { properties: { are_you_sure: { format: 'label', title: label } } } },
    });
    const process = await talk.run('terminate_user_group', first(), {});
    expect([process.last_status, keys(process)]).toEqual([
      'completed',
      ['init', 'store_process_subscription', 'unsync', 'deprovision_user_group', 'set_status', 'resync', 'done'],
    ]);
    expect(Object.keys(process.current_state)).not.toContain('are_you_sure');
    await talk.free(group.id);
    expect(await talk.subscription(group.id)).toMatchObject({ status: 'terminated', insync: true });
    expect((await scim('GET', `/Groups/${group.group_id}`)).status).toBe(404);
    const again = await talk.start('terminate_user_group', first());
    expect(firstFault(again)[2]).toContain('because of its status');
  });

  it('one that is gone already is terminated all the same', async () => {
    const other = await createGroup();
    await scim('DELETE', `/Groups/${other.group_id}`);
    expect((await talk.run('terminate_user_group', { subscription_id: other.id }, {})).last_status).toBe('completed');
  });

  it('one that is gone is found by validate, and not made anew by reconcile', async () => {
    const other = await createGroup();
    await scim('DELETE', `/Groups/${other.group_id}`);
    const process = await talk.run('reconcile_user_group', { subscription_id: other.id });
    expect(process).toMatchObject({ last_status: 'failed', failed_reason: expect.stringContaining(other.group_id) });
    expect((await world.api('PUT', `/api/processes/${process.process_id}/abort`)).status).toBe(204);
    await talk.free(other.id);
    const found = await talk.run('validate_user_group', { subscription_id: other.id });
    expect(found.current_state.drift).toEqual([{ path: 'user_group.group_id', expected: other.group_id, found: null }]);
  });
}
