import type { RunBefore } from '#workflow/testing';
import { USER_INTERNAL_PRODUCT_ID } from '../index.js';
import type { Before } from './product-fakes.js';

const made = async (run: RunBefore, workflow: string, state: object) =>
  String((await run(workflow, { ...state })).data['subscription_id']);
const group = (run: RunBefore, group_name = 'Ops') => made(run, 'create_user_group', { group_name });
const person = { product: USER_INTERNAL_PRODUCT_ID, username: 'ada', age: 36 };
const user = async (run: RunBefore) => made(run, 'create_user', { ...person, user_group_id: await group(run) });
const ends = (...names: string[]) => names.map((port, at) => ({ port, vlan: 100 + at }));
const line = { speed: 1_000, ports: ends('a', 'b') };
const circuit = (run: RunBefore) => made(run, 'create_l2vpn', line);
const on =
  (make: (run: RunBefore) => Promise<string>, state: object = {}): Before =>
  async (run) => ({ subscription_id: await make(run), ...state });

/** By workflow: what is there before, and what it starts with. What was changed by hand is found or repaired. */
export const cases: Readonly<Record<string, Before>> = {
  create_user_group: async () => ({ group_name: 'Ops' }),
  modify_user_group: on(group, { group_name: 'Dev' }),
  terminate_user_group: on(group),
  validate_user_group: async (run, { directory }) => {
    const subscription_id = await group(run);
    await directory.renameGroup('g1', 'Oops');
    return { subscription_id };
  },
  reconcile_user_group: async (run, { directory }) => {
    const subscription_id = await group(run);
    await directory.renameGroup('g1', 'Oops');
    return { subscription_id };
  },
  create_user: async (run) => ({ ...person, user_group_id: await group(run) }),
  modify_user: async (run) => {
    const subscription_id = await user(run);
    return { subscription_id, username: 'grace', age: 40, user_group_id: await group(run, 'Dev') };
  },
  terminate_user: on(user),
  validate_user: on(user),
  reconcile_user: async (run, { directory }) => {
    const subscription_id = await user(run);
    directory.members.clear();
    return { subscription_id };
  },
  create_l2vpn: async () => line,
  modify_l2vpn: on(circuit, { speed: 2_000, ports: ends('a', 'b', 'c') }),
  terminate_l2vpn: on(circuit),
  validate_l2vpn: on(circuit),
  reconcile_l2vpn: async (run, { network }) => {
    const subscription_id = await circuit(run);
    network.circuits.set('c1', { ...network.circuits.get('c1')!, speed: 10 });
    return { subscription_id };
  },
  modify_note: on(group, { note: 'ordered by phone' }),
};
