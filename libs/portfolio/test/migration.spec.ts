import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { refusal } from '#testing';
import {
  PlanRegistry,
  portfolioDecider,
  stateName,
  whyNotMoved,
  type Existing,
  type PortfolioCommand,
  type PortfolioState,
  type StagePlan,
} from '../index.js';
import { create, done, fold, lost, plan, play, refused, type Told } from './fixture.js';

const [a, b, c] = plan.stages;
const renamed = { ...b!, name: 'BB', effect: 'bb', pollEffect: 'bb.poll' };
const added = { ...a!, name: 'X', effect: 'x' };

/** B is called BB and X comes behind it; nobody declared what became of C. */
const second: StagePlan = {
  ...plan,
  version: 2,
  facts: Type.Object({ who: Type.String(), region: Type.Optional(Type.String()) }, { additionalProperties: false }),
  stages: [a!, renamed, added, { ...c!, name: 'D', effect: 'd' }],
  migrations: [{ from: 1, stages: { A: 'A', B: 'BB' }, drops: ['key'] }],
};
const registry = new PlanRegistry().register(plan).register(second);
const decider = portfolioDecider(registry);
const migrate = (more: object = {}): PortfolioCommand => ({
  type: 'MigratePlan',
  version: 2,
  reason: 'new names',
  time: 9,
  ...more,
});

const at = (...told: readonly Told[]): Existing => fold(play(create(), ...told)) as Existing;
const moved = (state: PortfolioState, command = migrate()): Existing =>
  decider.decide(command, state).reduce((now, event) => decider.evolve(now, event), state) as Existing;
const why = (state: Existing) => whyNotMoved(state, second)?.code;

describe('a declared migration to another version of the plan', () => {
  it('takes results, failures and place along under the new names, and the next key is a new one', () => {
    const state = moved(at('intend', done('a'), 'intend', refused));
    expect(stateName(state)).toBe('BB_FAILED');
    expect(state.plan).toEqual({ name: 'test', version: 2, stages: ['A', 'BB', 'X', 'D'] });
    expect(state.facts).toEqual({ who: 'me' });
    const on = moved(state, { type: 'ResumeStage', stage: 'BB', time: 10 });
    expect(decider.next(on)[0]).toMatchObject({ key: 'BB/2', effect: 'bb', input: { a: 'a' } });
  });

  it('uses no key again when a still newer version has the older name for another stage', () => {
    const third: StagePlan = {
      ...second,
      version: 3,
      stages: [a!, renamed, { ...added, name: 'B' }],
      migrations: [{ from: 2, stages: { A: 'A', BB: 'BB' } }],
    };
    const newest = portfolioDecider(new PlanRegistry().register(plan).register(second).register(third));
    const state = moved(at('intend', done('a'), 'intend', done('b')));
    const on = newest
      .decide(migrate({ version: 3 }), state)
      .reduce((now, event) => newest.evolve(now, event), state as PortfolioState);
    expect(newest.next(on)[0]).toMatchObject({ key: 'B/2' });
  });

  it('goes on behind what is done, also where the newer version has a stage in between', () => {
    const state = moved(at('intend', done('a'), 'intend', done('b')));
    expect(decider.next(state)[0]).toMatchObject({ key: 'X/1', effect: 'x' });
  });

  it('is a repeat when it was done, and needs a reason and a version that exists', () => {
    const state = at('intend', done('a'));
    expect(decider.decide(migrate(), moved(state))).toEqual([]);
    expect(refusal(() => moved(state, migrate({ reason: ' ' }))).errors[0]!.pointer).toBe('/reason');
    expect(refusal(() => moved(state, migrate({ version: 7 }))).errors[0]!.pointer).toBe('/plan_version');
  });

  it.each<[string, Existing]>([
    ['under_way', at('intend')],
    ['undecided', at('intend', lost, 'intend', lost)],
    ['not_covered', at('intend', done('a'), 'intend', done('b'), 'intend', refused)],
    ['portfolio_over', at({ type: 'AbandonPortfolio', reason: 'r', time: 3 })],
  ])('refuses with %s, and the dry run says the same', (code, state) => {
    expect(why(state)).toBe(code);
    expect(refusal(() => moved(state))).toMatchObject({ code: 'plan_migration_refused', extra: { reason: { code } } });
  });

  it('refuses where results, facts or an undeclared version do not fit', () => {
    const state = at('intend', done('a'));
    const strict = { ...second, stages: [{ ...a!, result: Type.Object({ id: Type.Integer() }) }, renamed, added] };
    expect(whyNotMoved(state, strict)?.code).toBe('result_misfit');
    expect(whyNotMoved(state, { ...second, facts: Type.Object({ other: Type.String() }) })?.code).toBe('facts_misfit');
    expect(whyNotMoved(state, { ...second, migrations: [] })?.code).toBe('not_declared');
    expect(whyNotMoved(state, second, { region: 5 })?.code).toBe('facts_misfit');
    const before = { ...second, stages: [added, a!, renamed] };
    expect(whyNotMoved(state, before)).toMatchObject({ code: 'not_covered', message: expect.stringContaining('X') });
  });

  it('refuses where a corrected field has no place any more', () => {
    const resume: Told = { type: 'ResumeStage', stage: 'A', input: { who: 'you' }, time: 8 };
    const state = at('intend', refused, resume, 'intend', refused);
    expect(why(state)).toBeUndefined();
    const bare = { ...a!, payload: { schema: Type.Object({}), from: {} } };
    expect(whyNotMoved(state, { ...second, stages: [bare, renamed, added] })?.code).toBe('correction_misfit');
  });

  it('judges anew whether it may start when nothing has begun', () => {
    const rule = {
      establishes: Type.Object({}),
      check: () => ({ eligible: false, reason: { code: 'not_yet', message: 'not yet' } }) as const,
    };
    const waiting = portfolioDecider(new PlanRegistry().register(plan).register({ ...second, start: rule }));
    const events = waiting.decide(migrate(), at());
    expect(events.map(({ type }) => type)).toEqual(['PlanMigrated', 'PortfolioStartPostponed']);
    expect(events.reduce((now, event) => waiting.evolve(now, event), at() as PortfolioState)).toMatchObject({
      phase: 'POSTPONED',
    });
  });

  it('is checked when the plan is registered', () => {
    const declare = (from: number, stages: Record<string, string>) => () =>
      new PlanRegistry().register(plan).register({ ...second, migrations: [{ from, stages }] });
    expect(declare(4, {})).toThrow(/from version 4, which is not registered/);
    expect(declare(1, { Q: 'A' })).toThrow(/migrates Q/);
    expect(declare(1, { A: 'Q' })).toThrow(/to a stage that it does not have/);
    expect(declare(1, { A: 'A', B: 'A' })).toThrow(/two stages to one/);
  });
});
