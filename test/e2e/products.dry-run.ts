import { beforeAll, expect, it } from '@jest/globals';
import { productsActions, type Group, type Started } from './products.actions.js';
import { firstFault, type ProductsTalk } from './products.js';
import { until, type World } from './world.js';

/** What a dry run of the workflows of groups, users and lines tells, and that it leaves everything as it was. */
export function dryRunSuite(given: () => Started & { readonly group: Group }): void {
  let world: World;
  let talk: ProductsTalk;
  let group: Group;
  beforeAll(() => {
    ({ world, talk, group } = given());
  });
  const { createUser, dry } = productsActions(given);
  const first = () => ({ subscription_id: group.id });

  /** What a dry run must leave as it is: how far the log has come, the views, and what was changed outside. */
  async function everything() {
    const subscriptions = await world.api('GET', '/api/subscriptions');
    const sent = (await world.ledger()).filter(({ method }) => method !== 'GET');
    const position = subscriptions.headers.get('purveyor-position');
    expect(position).not.toBeNull();
    return {
      position,
      sent,
      subscriptions: subscriptions.text,
      processes: (await world.api('GET', '/api/processes')).text,
    };
  }

  /** The same, when what was begun before has come to its end. */
  async function settled(): ReturnType<typeof everything> {
    let last = '';
    return until(everything, (now) => last === (last = JSON.stringify(now)), 25_000, 300);
  }

  it('a dry run asks as the form does, and is refused where a step cannot plan', async () => {
    expect((await dry('reconcile_user_group')).status).toBe(510);
    expect(firstFault(await dry('reconcile_user_group', { subscription_id: 'none' }))[2]).toBe(
      'Subscription not found',
    );
    const refused = await dry('task_resume_workflows', {});
    expect([refused.status, refused.body.code, refused.body.step]).toEqual([422, 'cannot_plan', 'find_and_resume']);
  });

  it('a dry run of each workflow says what it would do; nothing is sent that changes anything, nothing is written', async () => {
    const member = await createUser(group.id, 'planned');
    const line = await talk.product('L2VPN');
    const ends = [7, 8].map((vlan) => ({ port: 'planned', vlan }));
    const runs: readonly (readonly [string, object[], string, string])[] = [
      [
        'create_user_group',
        [{ product: await talk.product('User Group') }, { group_name: 'Later' }],
        'user_group',
        'provision',
      ],
      ['modify_user_group', [first(), { group_name: 'Later' }], 'directory', 'update'],
      [
        'create_user',
        [{ product: await talk.product('User internal') }, { username: 'later', user_group_ids: [group.id] }],
        'user',
        'provision',
      ],
      [
        'modify_user',
        [{ subscription_id: member.id }, { username: 'later', user_group_ids: [group.id] }],
        'directory',
        'update',
      ],
      ['terminate_user', [{ subscription_id: member.id }, {}], 'user', 'deprovision'],
      ['create_l2vpn', [{ product: line }, { speed: 5, ports: ends }], 'l2vpn', 'provision'],
    ];
    const before = await settled();
    for (const [workflow, pages, system, action] of runs) {
      const { status, body } = await dry(workflow, ...pages);
      expect([workflow, status, body.stopped]).toEqual([workflow, 200, null]);
      expect(body.steps.flatMap(({ effects }: any) => effects)).toMatchObject([{ system, action }]);
      expect(body.changes.length).toBeGreaterThan(0);
    }
    const blocked = await dry('terminate_user_group', first());
    expect(firstFault(blocked)[2]).toContain('because it is used in other subscriptions');
    for (const workflow of ['validate_user', 'reconcile_user', 'modify_note'])
      expect(
        (await dry(workflow, { subscription_id: member.id }, ...(workflow === 'modify_note' ? [{ note: 'x' }] : [])))
          .body,
      ).toMatchObject({ workflow, stopped: null });
    expect(await everything()).toEqual(before);
    await talk.run('terminate_user', { subscription_id: member.id }, {});
    await talk.free(member.id);
  });
}
