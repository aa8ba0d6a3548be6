import { describe, expect, it } from '@jest/globals';
import {
  LEGAL_MOVES,
  LIFECYCLE,
  SAFE_USERS,
  subscriptionDecider,
  type Lifecycle,
  type SubscriptionCommand,
} from '../index.js';

const asking = (missing: string[]) =>
  subscriptionDecider({ missing: () => missing, faults: () => [], metadataFaults: () => [] });
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

function given(commands: readonly SubscriptionCommand[], decider = asking([])) {
  return [created, ...commands].reduce(
    (state, command) => decider.decide(command, state).reduce((s, e) => decider.evolve(s, e), state),
    decider.initial(),
  );
}

describe('a subscription', () => {
  it.each(LIFECYCLE.flatMap((from) => LIFECYCLE.filter((to) => to !== from).map((to) => [from, to] as const)))(
    'from %s to %s goes as the table says',
    (from, to) => {
      const state = { ...given([]), status: from, endDate: 0 } as never;
      const move = () => asking([]).decide({ type: 'SetStatus', status: to, time: 2 }, state);
      if (LEGAL_MOVES[from].includes(to)) expect(move()).toHaveLength(1);
      else expect(move).toThrow(expect.objectContaining({ code: 'invalid_transition', status: 409 }));
    },
  );
  it('names the mandatory fields that are missing', () => {
    expect(() => asking(['b.f']).decide({ type: 'SetStatus', status: 'provisioning', time: 2 }, given([]))).toThrow(
      expect.objectContaining({ code: 'missing_fields', extra: { state: 'initial', missing: ['b.f'] } }),
    );
  });
  it('goes out of sync with what a validation found, and keeps it until nothing is found', () => {
    const differences = [{ path: 'b.f', expected: 1, found: null }];
    const report = { type: 'ReportDrift', processId: 'v', holderId: 'x', differences, time: 3 } as const;
    const synced = { type: 'Resync', processId: 'x', time: 2 } as const;
    const found = given([synced, report]);
    expect(found).toMatchObject({ insync: false, drift: { processId: 'v', differences } });
    expect(asking([]).decide(report, found)).toEqual([]);
    expect(given([synced, report, synced])).toMatchObject({ insync: true, drift: { processId: 'v' } });
    expect(given([synced, report, synced, report])).toMatchObject({ insync: false });
    expect(given([report, { ...report, differences: [] }])).not.toHaveProperty('drift');
    expect(asking([]).decide({ ...report, differences: [] }, given([]))).toEqual([]);
  });
  it('is silent on repeats', () => {
    const once: SubscriptionCommand[] = [
      { type: 'SetValues', block: 'b', values: { f: 1 }, processId: 'x', time: 2 },
      { type: 'SetDescription', description: 'new', time: 2 },
      { type: 'SetStatus', status: 'active', time: 2 },
      { type: 'Resync', processId: 'x', time: 2 },
      { type: 'RelateProcess', processId: 'x', workflow: 'w', target: 'CREATE', time: 2 },
    ];
    const state = given(once);
    expect(state).toMatchObject({ status: 'active', insync: true, description: 'new', values: { b: { f: 1 } } });
    for (const command of [created, ...once]) expect(asking([]).decide(command, state)).toEqual([]);
  });
});

describe('a status change that its users could not stand', () => {
  const reserved = (userStatus: Lifecycle): SubscriptionCommand => ({
    type: 'ReserveUse',
    userSubscriptionId: 'u',
    userStatus,
    processId: 'x',
    time: 2,
  });
  it.each(LIFECYCLE.flatMap((to) => LIFECYCLE.map((user) => [to, user] as const)))(
    'to %s with a user that is %s goes as the table says',
    (to, user) => {
      const from = LIFECYCLE.find((each) => LEGAL_MOVES[each].includes(to));
      if (from === undefined) return expect(to).toBe('initial');
      const state = { ...given([reserved(user)]), status: from } as never;
      const move = () => asking([]).decide({ type: 'SetStatus', status: to, time: 3 }, state);
      if (SAFE_USERS[to].includes(user)) return expect(move()).toHaveLength(1);
      const users = [{ subscription_id: 'u', status: user }];
      expect(move).toThrow(
        expect.objectContaining({
          code: 'unsafe_status_change',
          status: 409,
          extra: expect.objectContaining({ users }),
        }),
      );
    },
  );
});

describe('values of a subscription', () => {
  const values = (given: Record<string, unknown>): SubscriptionCommand => ({
    type: 'SetValues',
    block: 'b',
    values: given,
    processId: 'x',
    time: 2,
  });
  const pointer = { pointer: '/b/f', message: 'must be string' };
  const strict = subscriptionDecider({
    missing: (_, { b }, status) => (status === 'active' && b?.['f'] == null ? ['b.f'] : []),
    faults: (_, __, { f }) => (f === 5 ? [pointer] : []),
    metadataFaults: (_, { owner }) => (owner === 5 ? [{ pointer: '/metadata/owner', message: 'no' }] : []),
  });
  it('are refused where they do not fit, by pointer', () => {
    expect(() => strict.decide(values({ f: 5 }), given([]))).toThrow(
      expect.objectContaining({ code: 'validation_failed', status: 400, errors: [pointer] }),
    );
  });
  it('take nothing away that the status asks for, and may complete what it lacks', () => {
    const active = given([values({ f: 'x' }), { type: 'SetStatus', status: 'active', time: 2 }], strict);
    expect(() => strict.decide(values({ f: null }), active)).toThrow(
      expect.objectContaining({ code: 'missing_fields', extra: { state: 'active', missing: ['b.f'] } }),
    );
    expect(strict.decide(values({ g: 1 }), active)).toHaveLength(1);
    expect(strict.decide(values({ g: 1 }), given([{ type: 'SetStatus', status: 'active', time: 2 }]))).toHaveLength(1);
  });
  it('change field by field, whatever the order of their keys', () => {
    const state = given([values({ f: { a: 1, b: 2 }, g: 1 })]);
    expect(asking([]).decide(values({ f: { b: 2, a: 1 }, g: 2 }), state)).toMatchObject([
      { data: { values: { g: 2 } } },
    ]);
  });
});

it('is taken into use only in a status that fits', () => {
  const reserve = {
    type: 'ReserveUse',
    userSubscriptionId: 'u',
    usableWhen: ['active'],
    processId: 'x',
    time: 2,
  } as const;
  const letGo = { type: 'ReleaseSubscription', processId: 'x', time: 2 } as const;
  expect(() => asking([]).decide(reserve, given([letGo]))).toThrow(
    expect.objectContaining({ code: 'subscription_status_unfit', status: 409 }),
  );
  expect(asking([]).decide(reserve, given([{ type: 'SetStatus', status: 'active', time: 2 }]))).toHaveLength(1);
});
