import { describe, expect, it } from '@jest/globals';
import {
  subscriptionDecider,
  type ExistingSubscription,
  type SetCustomerDescription,
  type SubscriptionCommand,
  type SubscriptionState,
} from '../index.js';

const metadataFaults = (_: string, { owner }: Readonly<Record<string, unknown>>) =>
  owner === 5 ? [{ pointer: '/metadata/owner', message: 'must be string' }] : [];
const decider = subscriptionDecider({ missing: () => [], faults: () => [], metadataFaults });
const created = {
  type: 'CreateSubscription',
  productId: 'p',
  productName: 'P',
  customerId: 'c',
  description: 'd',
  processId: 'x',
  holder: { processId: 'x', workflow: 'w', target: 'CREATE' },
  time: 1,
} as const;
const apply = (state: SubscriptionState, command: SubscriptionCommand) =>
  decider.decide(command, state).reduce(decider.evolve, state);
const given = (...commands: readonly SubscriptionCommand[]) =>
  [created, ...commands].reduce(apply, decider.initial()) as ExistingSubscription;
const expectRefusal = (state: SubscriptionState, command: SubscriptionCommand, expected: object) =>
  expect(() => decider.decide(command, state)).toThrow(expect.objectContaining(expected));
const time = 2;
const letGo = { type: 'ReleaseSubscription', processId: 'x', time } as const;

describe('the version of a subscription', () => {
  const claim = { processId: 'y', workflow: 'w', target: 'MODIFY', isTask: false, outOfSyncAllowed: true } as const;
  it.each<[string, SubscriptionCommand, number]>([
    ['values', { type: 'SetValues', block: 'b', values: { f: 1 }, processId: 'x', time }, 2],
    ['status', { type: 'SetStatus', status: 'active', time }, 2],
    ['description', { type: 'SetDescription', description: 'new', time }, 2],
    ['note', { type: 'SetNote', note: 'n', time }, 2],
    ['metadata', { type: 'SetMetadata', metadata: { a: 1 }, time }, 2],
    ['sync', { type: 'Resync', processId: 'x', time }, 2],
    ['nothing new', { type: 'SetDescription', description: 'd', time }, 1],
    ['a claim', { type: 'ClaimSubscription', ...claim, usableWhen: ['initial'], blockedByUsers: false, time }, 1],
    ['a use', { type: 'ReserveUse', userSubscriptionId: 'u', processId: 'x', time }, 1],
    ['a process', { type: 'RelateProcess', processId: 'x', workflow: 'w', target: 'MODIFY', time }, 1],
  ])('counts %s', (_, command, version) => {
    expect(given(...(command.type === 'ClaimSubscription' ? [letGo, command] : [command])).version).toBe(version);
  });
});

describe('a note', () => {
  const note = (text: string | null): SubscriptionCommand => ({ type: 'SetNote', note: text, time });
  it('is kept, and none when it is blank', () => {
    expect(given(note('call first')).note).toBe('call first');
    expect(given(note('call first'), note('  \n')).note).toBeNull();
    expect(decider.decide(note(' '), given())).toEqual([]);
    expectRefusal(given(), note('x'.repeat(5_001)), {
      code: 'validation_failed',
      errors: [{ pointer: '/note', message: expect.any(String) }],
    });
  });
});

describe('metadata', () => {
  const set = (metadata: object): SubscriptionCommand => ({ type: 'SetMetadata', metadata: { ...metadata }, time });
  it('are replaced as a whole, as the product registered them', () => {
    expect(given(set({ a: 1 }), set({ owner: 'ops' })).metadata).toEqual({ owner: 'ops' });
    expect(decider.decide(set({ b: 2, a: 1 }), given(set({ a: 1, b: 2 })))).toEqual([]);
    expectRefusal(given(), set({ owner: 5 }), {
      code: 'validation_failed',
      status: 400,
      errors: [{ pointer: '/metadata/owner', message: 'must be string' }],
    });
  });
});

describe('a description', () => {
  it('has at most 2000 characters and names the process that changed it', () => {
    const change = { type: 'SetDescription', description: 'new', processId: 'x', time } as const;
    expect(decider.decide(change, given())).toEqual([
      { type: 'SubscriptionDescriptionChanged', data: { description: 'new', processId: 'x', time } },
    ]);
    expectRefusal(given(), { ...change, description: 'x'.repeat(2_001) }, { code: 'validation_failed', status: 400 });
  });
});

describe('what a customer calls it', () => {
  const set = (over: Partial<SetCustomerDescription> = {}): SetCustomerDescription => ({
    type: 'SetCustomerDescription',
    id: '1',
    customerId: 'a',
    description: 'ours',
    existing: false,
    time,
    ...over,
  });
  const change = (over: Partial<SetCustomerDescription> = {}) => set({ description: 'mine', existing: true, ...over });
  it('has a version of its own', () => {
    const state = given(set(), change({ version: 1 }));
    expect(state.customerDescriptions).toEqual({ 1: { customerId: 'a', description: 'mine', version: 2 } });
    expect(state.version).toBe(1);
    expect(decider.decide(change(), state)).toEqual([]);
  });
  it.each([0, 2])('is not changed on version %i of 1', (version) => {
    const message = `Stale data: given version (${version}) does not match the current version (1)`;
    expectRefusal(given(set()), change({ version }), {
      code: 'stale_version',
      status: 400,
      message,
      extra: { version: 1 },
    });
  });
  it('is one for each customer', () => {
    const extra = { customer_description_id: '1' };
    expectRefusal(given(set()), set({ id: '2' }), { code: 'customer_description_exists', status: 409, extra });
    expect(Object.keys(given(set(), set({ id: '2', customerId: 'b' })).customerDescriptions)).toEqual(['1', '2']);
  });
  it('is not changed or removed where there is none', () => {
    const remove = { type: 'RemoveCustomerDescription', id: '1', time } as const;
    expectRefusal(given(), change(), { code: 'customer_description_not_found', status: 404 });
    expectRefusal(given(), remove, { code: 'customer_description_not_found', status: 404 });
    expect(given(set(), remove).customerDescriptions).toEqual({});
  });
});

describe('setting it in sync', () => {
  const set = (...unfinished: string[]): SubscriptionCommand => ({ type: 'SetInSync', unfinished, time });
  const claim = (isTask: boolean): SubscriptionCommand => ({
    type: 'ClaimSubscription',
    processId: 'y',
    workflow: 'w',
    target: isTask ? 'VALIDATE' : 'MODIFY',
    isTask,
    usableWhen: ['initial'],
    outOfSyncAllowed: true,
    blockedByUsers: false,
    time,
  });
  it('is silent when it is in sync', () => {
    const synced = given({ type: 'Resync', processId: 'x', time });
    expect(decider.decide(set('y'), synced)).toEqual([]);
  });
  it('is refused while a process that is no task is unfinished', () => {
    const message = "Subscription has still failed processes with id's: z, y";
    expectRefusal(given(letGo, claim(false)), set('z', 'y'), {
      code: 'processes_unfinished',
      status: 422,
      message,
      extra: { process_ids: ['z', 'y'] },
    });
    expectRefusal(given(letGo, claim(false)), set(), { code: 'processes_unfinished', extra: { process_ids: ['y'] } });
  });
  it('goes on beside a task, and with none', () => {
    expect(given(letGo, set())).toMatchObject({ insync: true, version: 2 });
    expect(given(letGo, claim(true), set())).toMatchObject({ insync: true });
  });
});
