import { describe, expect, it } from '@jest/globals';
import type { Driving, Refusal } from '#kernel';
import { buildPayload, PlanRegistry, portfolioDecider, type PortfolioCommand, type PortfolioState } from '#portfolio';
import { azure, azurePlanV2 } from '../index.js';

const decider = portfolioDecider(azure.plans.reduce((all, plan) => all.register(plan), new PlanRegistry()));
const day = (date: string) => Date.parse(date);
const clin = (number: string, start_date: string, end_date: string) => ({
  number,
  type: '1',
  obligated_amount: 10,
  start_date,
  end_date,
});
const order = (signed: boolean, ...clins: object[]) => ({ number: `TO-${clins.length}`, signed, clins });
const create = (task_orders: object[], time: number): PortfolioCommand => ({
  type: 'CreatePortfolio',
  name: 'one',
  csp: 'azure',
  planVersion: 2,
  facts: {
    domain_name: 'acme',
    first_name: 'Ann',
    last_name: 'Lee',
    country_code: 'US',
    password_recovery_email_address: 'ann@example.org',
    billing_profile_display_name: 'main',
    password: 'vault:a#1',
    new_password: 'vault:b#1',
    billing_owner_password: 'vault:c#1',
    task_orders,
  },
  advance: 'automatic',
  time,
});

function tell(...commands: (PortfolioCommand | Driving)[]): PortfolioState {
  return commands.reduce(
    (state, command) => decider.decide(command, state).reduce((now, event) => decider.evolve(now, event), state),
    decider.initial(),
  );
}
const due = (time: number): Driving => ({ type: 'Due', key: 'start', time, jitter: 0 });

describe('when a portfolio on version 2 starts', () => {
  it('of several CLINs in their period the earliest pays, whatever order they come in', () => {
    const orders = [order(true, clin('0002', '2026-02-01', '2026-12-31'), clin('0001', '2026-01-01', '2026-12-31'))];
    expect(tell(create(orders, day('2026-06-01')))).toMatchObject({
      phase: 'STARTED',
      established: { clin_number: '0001', task_order_number: 'TO-2', clin_amount: 10 },
    });
  });

  it('both days of the period belong to it', () => {
    const orders = [order(true, clin('0001', '2026-01-01', '2026-01-31'))];
    expect(tell(create(orders, day('2026-01-01')))).toMatchObject({ phase: 'STARTED' });
    expect(tell(create(orders, day('2026-02-01') - 1))).toMatchObject({ phase: 'STARTED' });
    expect(tell(create(orders, day('2026-02-01')))).toMatchObject({ reason: { code: 'period_over' } });
  });

  it('waits with a due time for the next period and starts itself then, not before', () => {
    const command = create([order(true, clin('0001', '2026-05-01', '2026-12-31'))], day('2026-01-01'));
    const state = tell(command);
    expect(state).toMatchObject({ phase: 'POSTPONED', reason: { code: 'period_not_begun' } });
    expect(decider.next(state)).toEqual([{ kind: 'wait', key: 'start', until: day('2026-05-01') }]);
    expect(decider.decide(due(day('2026-05-01') - 1), state)).toEqual([]);
    expect(tell(command, due(day('2026-05-01')))).toMatchObject({ phase: 'STARTED', startedAt: day('2026-05-01') });
  });

  it('an unsigned order is none', () => {
    const state = tell(create([order(false, clin('0001', '2026-01-01', '2026-12-31'))], day('2026-06-01')));
    expect(state).toMatchObject({ phase: 'POSTPONED', reason: { code: 'no_signed_task_order' }, until: undefined });
  });

  it('is not started by hand while it may not', () => {
    const byHand = { ...create([], day('2026-06-01')), advance: 'manual' } as PortfolioCommand;
    expect(() => tell(byHand, { type: 'TriggerNextTransition', time: day('2026-06-01') })).toThrow(/may not start yet/);
  });
});

describe('task orders that cannot be', () => {
  const faultsOf = (...orders: object[]): readonly string[] => {
    try {
      tell(create(orders, day('2026-06-01')));
    } catch (error) {
      return (error as Refusal).errors.map(({ pointer, message }) => `${pointer} ${message}`);
    }
    return [];
  };
  const at = '/facts/task_orders/0';
  const good = clin('0001', '2026-01-01', '2026-12-31');
  const amount = (obligated_amount: unknown) => order(true, { ...good, obligated_amount });

  it.each<[string, object[], string]>([
    [
      'a period that ends before it begins',
      [order(true, clin('0001', '2026-12-31', '2026-01-01'))],
      `${at}/clins/0/end_date is before the start date`,
    ],
    [
      '30 February',
      [order(true, clin('0001', '2026-02-30', '2026-12-31'))],
      `${at}/clins/0/start_date is no day of the calendar`,
    ],
    [
      '29 February of no leap year',
      [order(true, clin('0001', '2026-01-01', '2027-02-29'))],
      `${at}/clins/0/end_date is no day of the calendar`,
    ],
    [
      'two CLINs of one number',
      [order(true, good, { ...good, type: '2' })],
      `${at}/clins/1/number is the number of the CLIN at 0 too`,
    ],
    [
      'two orders of one number',
      [order(true, good), order(false, good)],
      '/facts/task_orders/1/number is the number of the task order at 0 too',
    ],
    ['a negative amount', [amount(-1)], `${at}/clins/0/obligated_amount must be >= 0`],
    ['an amount beyond all numbers', [amount(JSON.parse('1e400'))], `${at}/clins/0/obligated_amount must be number`],
    ['an amount that is no number', [amount(Number.NaN)], `${at}/clins/0/obligated_amount must be number`],
    ['an amount beyond reason', [amount(1e13)], `${at}/clins/0/obligated_amount must be <= 1000000000000`],
    [
      'digits of another script',
      [order(true, { ...good, number: '٠٠٠١' })],
      `${at}/clins/0/number must match pattern "^\\d{4}$"`,
    ],
    [
      'more CLINs than an order has',
      [order(true, ...Array.from({ length: 101 }, () => good))],
      `${at}/clins must not have more than 100 items`,
    ],
    [
      'more orders than there are',
      Array.from({ length: 101 }, () => order(true, good)),
      '/facts/task_orders must not have more than 100 items',
    ],
  ])('%s', (_name, orders, fault) => {
    expect(faultsOf(...orders)).toEqual([fault]);
  });

  it('a period in the past is none of them: the portfolio waits and says why', () => {
    const state = tell(create([order(true, clin('0001', '1999-01-01', '1999-12-31'))], day('2026-06-01')));
    expect(state).toMatchObject({ phase: 'POSTPONED', reason: { code: 'period_over' } });
  });
});

describe('what is owed after version 2', () => {
  const { kinds, owed } = azurePlanV2.after!;
  const sources = {
    name: 'one',
    facts: {
      password_recovery_email_address: 'ann@example.org',
      task_orders: [order(true, clin('0001', '2026-01-01', '2026-12-31'), clin('0002', '2026-02-01', '2026-12-31'))],
    },
    start: { task_order_number: 'TO-2', clin_number: '0001' },
    results: {
      BILLING_INSTRUCTION: { billing_account_name: 'a' },
      BILLING_PROFILE_VERIFICATION: { billing_profile_name: 'p' },
    },
  };

  it('is of the kinds that are described, with the fields that they say', () => {
    const duties = owed(sources);
    expect(duties.map(({ name }) => name)).toEqual(['NOTICE', 'CLIN-TO-2-0002']);
    for (const [index, { stage, input }] of duties.entries()) {
      expect(stage).toBe(kinds[index]!.stage);
      expect(Object.keys(input).sort()).toEqual(Object.keys(kinds[index]!.from).sort());
    }
  });

  it('takes its facts from where they are', () => {
    const [, further] = kinds;
    const paths = Object.values(further!.from).flatMap((from) => ('fact' in from ? [from.fact] : []));
    expect(paths).toEqual([
      'task_orders.number',
      ...['number', 'obligated_amount', 'start_date', 'end_date'].map((field) => `task_orders.clins.${field}`),
    ]);
  });
});

describe('version 2 of the plan', () => {
  it('has 22 stages with 22 names', () => {
    expect(azurePlanV2.stages).toHaveLength(22);
    expect(new Set(azurePlanV2.stages.map(({ name }) => name)).size).toBe(22);
  });

  it('reads results only by stage and field', () => {
    const owner = azurePlanV2.stages.find(({ name }) => name === 'BILLING_OWNER')!;
    expect(owner.payload.from['display_name']).toEqual({ constant: 'Billing Owner' });
    const input = buildPayload(owner, {
      name: 'display name of the portfolio',
      facts: {},
      start: {},
      results: { TENANT: { tenant_id: 't', domain_name: 'd' }, BILLING_PROFILE_CREATION: { domain_name: 'other' } },
    });
    expect(input).toMatchObject({ display_name: 'Billing Owner', tenant_id: 't', domain_name: 'd' });
  });

  it('names two CLINs of one type differently', () => {
    const [call] = azurePlanV2.stages.find(({ name }) => name === 'BILLING_INSTRUCTION')!.calls!;
    expect(call!.path).toContain('{task_order_number}:CLIN{clin_number}');
  });
});
