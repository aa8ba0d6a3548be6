import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstFault, ProductsTalk } from './products.js';
import { request, TOKEN, until, World } from './world.js';

const NOT_IN_SYNC = 'This workflow cannot be started: Subscription already has a running process or task';
let world: World;
let talk: ProductsTalk;
beforeAll(async () => {
  world = await World.start();
  talk = new ProductsTalk(world);
}, 60_000);
afterAll(() => world?.stop());

const authorization = { authorization: `Bearer ${TOKEN}` };
const keys = (process: any): string[] => process.steps.map((step: any) => step.key);
const scim = (method: string, path: string, body?: object) =>
  request(method, `${world.sandboxUrl}/scim/v2${path}`, body && JSON.stringify(body), authorization);
const nrm = (method: string, path: string, body?: object) =>
  request(method, `${world.sandboxUrl}/nrm${path}`, body && JSON.stringify(body), {
    ...authorization,
    'idempotency-key': `by-hand-${Math.random()}`,
  });
/** By hand, as somebody else would. */
const patch = (path: string, ...operations: object[]) =>
  scim('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations });

const dry = (workflow: string, ...pages: object[]) => world.api('POST', `/api/processes/${workflow}/dry-run`, pages);
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

let made = 0;
async function createGroup(group_name = `Group ${++made}`): Promise<{ id: string; group_id: string }> {
  const product = await talk.product('User Group');
  const { current_state } = await talk.run('create_user_group', { product }, { group_name });
  await talk.free(current_state.subscription_id);
  return { id: current_state.subscription_id, group_id: current_state.group_id };
}
async function createUser(group: string, username = `user${++made}`, kind = 'internal') {
  const product = await talk.product(`User ${kind}`);
  const process = await talk.run('create_user', { product }, { username, age: 36, user_group_ids: [group] });
  expect(process.last_status).toBe('completed');
  await talk.free(process.current_state.subscription_id);
  return { id: process.current_state.subscription_id as string, user_id: process.current_state.user_id as string };
}

describe('user group', () => {
  let group: Awaited<ReturnType<typeof createGroup>>;
  beforeAll(async () => {
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
    await talk.subscription(group.id, ({ insync }) => insync);
    await talk.run('reconcile_user_group', first());
    await talk.free(group.id);
  });

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
  let group: Awaited<ReturnType<typeof createGroup>>;
  let other: Awaited<ReturnType<typeof createGroup>>;
  let user: Awaited<ReturnType<typeof createUser>>;
  beforeAll(async () => {
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
    await talk.free(user.id);
    await patch(`/Groups/${other.group_id}`, membership);
    const found = await talk.run('validate_user', first());
    expect(found.current_state.drift).toEqual(differences);
    await talk.free(user.id);
    expect((await world.api('PUT', `/api/subscriptions/${user.id}/set_in_sync`)).status).toBe(200);
    await talk.subscription(user.id, ({ insync }) => insync);
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
});

describe('L2VPN', () => {
  let id: string;
  let circuit: string;
  const ports = [
    { port: 'ams-1:0/1', vlan: 100 },
    { port: 'fra-1:0/1', vlan: 100 },
  ];
  const first = () => ({ subscription_id: id });
  beforeAll(async () => {
    const product = await talk.product('L2VPN');
    const { current_state } = await talk.run('create_l2vpn', { product }, { speed: 1_000, ports });
    id = current_state.subscription_id;
    circuit = current_state.circuit_id;
    await talk.free(id);
  }, 40_000);

  it('is made in the network, once', async () => {
    const wanted = { id: circuit, external_id: id, speed: 1_000, endpoints: ports };
    expect((await nrm('GET', `/circuits/${circuit}`)).body).toEqual(wanted);
    const writes = (await world.ledger()).filter(({ kind, applied }) => kind === 'circuits' && applied);
    expect(writes).toHaveLength(1);
  });

  it('form takes 2 to 8 ports with VLANs', async () => {
    const product = await talk.product('L2VPN');
    const many = Array.from({ length: 9 }, (_, at) => ({ port: 'ams-1:0/1', vlan: at + 1 }));
    for (const wrong of [{ ports: ports.slice(1) }, { ports: many }, { speed: 0 }, { ports: [...ports, ports[0]] }]) {
      const refused = await talk.start('create_l2vpn', { product }, { speed: 1_000, ports, ...wrong });
      expect(firstFault(refused)[0]).toBe(400);
    }
  });

  it('a VLAN that another circuit has fails the create, which leaves nothing', async () => {
    const product = await talk.product('L2VPN');
    const failed = await talk.run('create_l2vpn', { product }, { speed: 10, ports });
    expect(failed).toMatchObject({ last_status: 'failed', failed_reason: expect.stringContaining('VLAN 100') });
    const { subscription_id } = failed.current_state;
    expect((await world.api('PUT', `/api/processes/${failed.process_id}/abort`)).status).toBe(204);
    await talk.free(subscription_id);
    expect((await talk.run('terminate_l2vpn', { subscription_id }, {})).last_status).toBe('completed');
    expect((await nrm('GET', '/circuits')).body.value).toHaveLength(1);
  });

  it('modify changes speed and ports', async () => {
    const wanted = { speed: 2_000, ports: [...ports, { port: 'lon-1:0/2', vlan: 7 }] };
    expect((await talk.run('modify_l2vpn', first(), wanted)).last_status).toBe('completed');
    await talk.free(id);
    expect((await nrm('GET', `/circuits/${circuit}`)).body).toMatchObject({ speed: 2_000, endpoints: wanted.ports });
    const model = (await world.api('GET', `/api/subscriptions/domain-model/${id}`)).body;
    expect(model.l2vpn).toMatchObject({
      speed: 2_000,
      circuit_id: circuit,
      ports: [{ vlan: 100 }, { vlan: 100 }, { vlan: 7 }],
    });
  });

  it('what validate finds is repaired by reconcile, which its product allows out of sync', async () => {
    const changed = { external_id: id, speed: 10, endpoints: ports };
    await nrm('PUT', `/circuits/${circuit}`, changed);
    const found = await talk.run('validate_l2vpn', first());
    expect(found.current_state.drift.map(({ path }: any) => path)).toEqual(['l2vpn.speed', 'l2vpn.ports']);
    await talk.free(id);
    expect(await talk.subscription(id)).toMatchObject({ insync: false, drift: { process_id: found.process_id } });
    expect(firstFault(await talk.start('modify_l2vpn', first()))[2]).toBe(NOT_IN_SYNC);
    const repaired = await talk.run('reconcile_l2vpn', first());
    expect(repaired).toMatchObject({
      last_status: 'completed',
      current_state: { external_changes: found.current_state.drift, repaired_validation: found.process_id },
    });
    await talk.free(id);
    expect(await talk.subscription(id)).toMatchObject({ insync: true, drift: null });
    expect((await nrm('GET', `/circuits/${circuit}`)).body.speed).toBe(2_000);
  });

  it('terminate takes the circuit away', async () => {
    expect((await talk.run('terminate_l2vpn', first(), {})).last_status).toBe('completed');
    expect((await nrm('GET', `/circuits/${circuit}`)).status).toBe(404);
  });
});
