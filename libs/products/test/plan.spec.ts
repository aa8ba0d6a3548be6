import { beforeEach, describe, expect, it } from '@jest/globals';
import { planWorkflow } from '#workflow';
import { productRegistry } from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { Machine } from './machine.js';

describe('a dry run', () => {
  let directory: FakeDirectory;
  let network: FakeNetwork;
  let machine: Machine;
  let group: string;
  beforeEach(async () => {
    [directory, network] = [new FakeDirectory(), new FakeNetwork()];
    machine = new Machine({ directory, network });
    group = String((await machine.run('create_user_group', { group_name: 'Ops' })).data['subscription_id']);
  });
  const plan = (workflow: string, id: string) => {
    const { workflows } = productRegistry({ directory, network });
    const load = async <S>(stream: string) => (await machine.load(stream)).state as S;
    const { definition } = workflows.latest(workflow)!;
    return planWorkflow(definition, { subscription_id: id }, { load, signal: AbortSignal.timeout(5_000) });
  };

  it('of a reconcile says what it would change, and changes nothing', async () => {
    directory.groups.set('g1', { ...directory.groups.get('g1')!, displayName: 'Oops' });
    const [writes, events] = [directory.writes.length, machine.events.length];
    const differences = [{ path: 'user_group.group_name', expected: 'Ops', found: 'Oops' }];
    expect(await plan('reconcile_user_group', group)).toMatchObject({
      workflow: 'reconcile_user_group',
      steps: [
        { key: 'init', name: 'Start', effects: [] },
        { key: 'store_process_subscription', effects: [] },
        { key: 'unsync', effects: [] },
        {
          key: 'update_user_group_in_external_systems',
          effects: [{ system: 'directory', action: 'update', differences }],
        },
        { key: 'resync', effects: [] },
        { key: 'done', effects: [] },
      ],
      state: { external_changes: differences, repaired_validation: null },
    });
    expect([directory.writes.length, machine.events.length]).toEqual([writes, events]);
  });

  it('of a validation says what it would find', async () => {
    directory.groups.clear();
    const { state } = await plan('validate_user_group', group);
    expect(state['drift']).toMatchObject([{ path: 'user_group.group_id', found: null }]);
  });

  it.each(['validate', 'reconcile'])('of %s is there for every product', async (verb) => {
    const ports = [1, 2].map((vlan) => ({ port: 'p', vlan }));
    const l2vpn = String((await machine.run('create_l2vpn', { speed: 1, ports })).data['subscription_id']);
    const asked = { product: 'x', username: `ada ${verb}`, user_group_id: group };
    const user = String((await machine.run('create_user', asked)).data['subscription_id']);
    for (const [kind, id] of [
      ['l2vpn', l2vpn],
      ['user', user],
    ] as const)
      expect((await plan(`${verb}_${kind}`, id)).steps.at(-1)).toMatchObject({ key: 'done' });
  });

  it('is refused where a step does not say what it would do', async () => {
    await expect(plan('terminate_user_group', group)).rejects.toMatchObject({
      code: 'cannot_plan',
      status: 422,
      extra: { step: 'deprovision_user_group' },
    });
  });
});
