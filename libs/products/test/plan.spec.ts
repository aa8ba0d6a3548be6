import { describe, expect, it } from '@jest/globals';
import { plan } from '#workflow/testing';
import { productRegistry } from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { cases } from './cases.js';
import { definitionOf, productFakes, type Before } from './product-fakes.js';

const planned = (workflow: string, before: Before = cases[workflow]!) =>
  plan(definitionOf(workflow), {}, productFakes(before));

/** Only steps that do something, by key. */
const doing = ({ steps }: Awaited<ReturnType<typeof planned>>) =>
  Object.fromEntries(
    steps.flatMap(({ key, effects, changes }) => {
      const fields = changes.map(({ field, from, to }) => [field, from, to]);
      return effects.length + fields.length === 0 ? [] : [[key, [...effects, ...fields]]];
    }),
  );

describe('a plan', () => {
  it.each(Object.keys(cases))('of %s has every step of a run, and changes nothing', async (workflow) => {
    const { workflows } = productRegistry({ directory: new FakeDirectory(), network: new FakeNetwork() });
    const { steps, stopped } = await planned(workflow);
    expect(stopped).toBeNull();
    expect(steps.map(({ key }) => key)).toEqual(workflows.latest(workflow)!.pinned.map(({ key }) => key));
  });

  it('of a create says what it would record, and what it would have made', async () => {
    const line = await planned('create_l2vpn');
    const made = '(known after run: circuit)';
    expect(doing(line)).toMatchObject({
      create_subscription: [
        ['status', null, 'initial'],
        ['description', null, 'Initial subscription of Layer 2 virtual private network'],
        ['insync', null, false],
      ],
      provision_l2vpn: [
        { system: 'l2vpn', action: 'provision', target: { need: 'circuit', parameters: { speed: 1_000 } } },
      ],
      resync: [['insync', false, true]],
    });
    expect(line.changes.map(({ field, to }) => [field, to])).toEqual(
      expect.arrayContaining([
        ['status', 'active'],
        ['l2vpn.circuit_id', made],
        ['l2vpn.ports.0.port', 'a'],
      ]),
    );
    expect(line.state).toMatchObject({ circuit_id: made, subscription: { status: 'active' } });
    expect(await planned('create_l2vpn')).toEqual(line);
  });

  it('of a modify says what would be another, here and outside', async () => {
    const { changes, ...line } = await planned('modify_user_group');
    expect(changes.map(({ field, from, to }) => [field, from, to])).toEqual([
      ['description', 'User Group Ops', 'User Group Dev'],
      ['user_group.group_name', 'Ops', 'Dev'],
    ]);
    expect(doing({ changes, ...line })).toMatchObject({
      update_user_group_in_external_systems: [
        { system: 'directory', action: 'update', differences: [{ expected: 'Dev', found: 'Ops' }] },
      ],
    });
  });

  it('of a terminate says what it would take back', async () => {
    const line = await planned('terminate_l2vpn');
    expect(doing(line)['deprovision_l2vpn']).toMatchObject([
      { system: 'l2vpn', action: 'deprovision', target: { need: 'circuit', id: 'c1' } },
    ]);
    expect(line.changes.find(({ field }) => field === 'status')).toMatchObject({ from: 'active', to: 'terminated' });
  });

  it('of a user tells what changes of its group too', async () => {
    const { steps } = await planned('modify_user');
    expect(steps.find(({ key }) => key === 'update_user_in_external_systems')!.effects).toMatchObject([
      {
        system: 'directory',
        differences: [{ path: 'user.username' }, { path: 'user.group' }, { path: 'user.former_group' }],
      },
    ]);
  });

  it('of a reconcile says what it would repair; of a validation what it would find', async () => {
    const differences = [{ path: 'user_group.group_name', expected: 'Ops', found: 'Oops' }];
    const repair = await planned('reconcile_user_group');
    expect(repair.state).toMatchObject({ external_changes: differences, repaired_validation: null });
    const look = await planned('validate_user_group');
    expect(look.state['drift']).toEqual(differences);
    expect(look.steps.flatMap(({ effects }) => effects)).toEqual([]);
  });

  it('is refused like a start that does not get hold of the subscription', async () => {
    const inUse: Before = async (run, ports) => {
      const person = await cases['create_user']!(run, ports);
      await run('create_user', person);
      return { subscription_id: person['user_group_id'] };
    };
    await expect(planned('terminate_user_group', inUse)).rejects.toMatchObject({
      code: 'subscription_in_use',
      status: 409,
    });
  });

  it('of a reconcile of what is gone says that it is not made anew', async () => {
    const gone: Before = async (run, ports) => {
      const state = await cases['reconcile_l2vpn']!(run, ports);
      ports.network.circuits.clear();
      return state;
    };
    expect((await planned('reconcile_l2vpn', gone)).stopped).toMatchObject({
      step: 'update_l2vpn_in_external_systems',
      code: 'circuit_gone',
    });
  });

  it('ends where the run would fail, and says why', async () => {
    const tooOld: Before = async (run, ports) => ({ ...(await cases['create_user']!(run, ports)), age: 1_000 });
    expect((await planned('create_user', tooOld)).stopped).toMatchObject({
      step: 'initialize_subscription',
      code: 'validation_failed',
    });
  });
});
