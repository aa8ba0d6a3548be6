import { describe, expect, it } from '@jest/globals';
import { LEGAL_MOVES, LIFECYCLE, subscriptionDecider, type SubscriptionCommand } from '../index.js';

const asking = (missing: string[]) => subscriptionDecider({ missing: () => missing, faults: () => [] });
const created = {
  type: 'CreateSubscription',
  productId: 'p',
  productName: 'P',
  customerId: 'c',
  description: 'd',
  processId: 'x',
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
