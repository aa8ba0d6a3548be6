import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '#kernel';
import {
  leftOutside,
  legalUnder,
  planDescription,
  PlanRegistry,
  portfolioDecider,
  stateName,
  type PortfolioCommand,
  type PortfolioState,
  type StagePlan,
} from '../index.js';
import { create, done, plan as base, refused, type Told } from './fixture.js';

const [first] = base.stages;
const line = { ...first!, name: 'LINE', undo: { calls: [{ api: 'a', method: 'DELETE', path: '/{id}' }] } } as const;

/** One stage, one duty for each word of `who`, and children. */
const plan: StagePlan = {
  ...base,
  stages: [first!],
  hasChildren: true,
  after: {
    kinds: [{ name: 'LINE-{who}', label: 'a line', stage: line, when: 'at once', from: { who: { fact: 'who' } } }],
    owed: ({ facts }) =>
      String(facts['who'])
        .split(' ')
        .map((who) => ({ name: `LINE-${who}`, stage: line, input: { who }, notBefore: 0 })),
  },
};
const decider = portfolioDecider(new PlanRegistry().register(plan));
const deprovision: PortfolioCommand = { type: 'DeprovisionPortfolio', reason: 'closed', time: 9 };

/** Tells commands, begins what is owed first (`intend`), or gives what is under way its outcome. */
function after(...told: readonly Told[]): Exclude<PortfolioState, { phase: 'ABSENT' }> {
  const state = told.reduce<PortfolioState>(tell, decider.initial());
  if (state.phase === 'ABSENT') throw new Error('absent');
  return state;
}

function tell(now: PortfolioState, one: Told): PortfolioState {
  const command = typeof one === 'object' && 'type' in one;
  return (command ? decider.decide(one, now) : step(now, one)).reduce((s, event) => decider.evolve(s, event), now);
}

function step(state: PortfolioState, one: 'intend' | Outcome) {
  const runs = decider.next(state).filter((item) => item.kind === 'run');
  if (one === 'intend')
    return runs
      .filter(({ owner }) => owner === undefined)
      .slice(0, 1)
      .map((run) => run.intent!({ owner: 'me', until: 100, time: 4, tokenKey: 't' }));
  const run = runs.find(({ owner, intent }) => owner !== undefined || intent === undefined);
  if (run === undefined) return [];
  const attempt = run.intent === undefined ? run.attempt : run.attempt - 1;
  return decider.decide({ type: 'Outcome', key: run.key, attempt, outcome: one, time: 5, jitter: 0 }, state);
}

const complete: Told[] = [{ ...create(), facts: { who: 'x y', key: 'vault:k#1' } } as Told, 'intend', done('a')];
const both: Told[] = [...complete, 'intend', done('x'), 'intend', done('y')];
const accepted: Outcome = { kind: 'accepted', retryAfterMs: 0 };
const gone: Outcome = { kind: 'done', result: {} };
const childless: Told[] = [deprovision, 'intend', accepted, gone];

describe('on the way back', () => {
  it('children come first, then duties, then stages', () => {
    const state = after(...both, deprovision);
    expect(decider.next(state)[0]).toMatchObject({ key: 'CHILDREN/undo/1', effect: 'portfolio.children' });
    const waiting = after(...both, deprovision, 'intend', accepted);
    expect(stateName(waiting)).toBe('CHILDREN_DEPROVISIONING_REQUESTED');
    expect(decider.next(after(...both, ...childless))[0]).toMatchObject({ key: 'LINE-y/undo/1', input: { id: 'y' } });
    const rest = after(...both, ...childless, 'intend', gone);
    expect(decider.next(rest)[0]).toMatchObject({ key: 'LINE-x/undo/1', input: { who: 'x', id: 'x' } });
    const last = after(...both, ...childless, 'intend', gone, 'intend', gone);
    expect(decider.next(last)[0]).toMatchObject({ key: 'A/undo/1' });
    const end = after(...both, ...childless, 'intend', gone, 'intend', gone, 'intend', gone);
    expect([end.phase, leftOutside(end, plan)]).toEqual(['DEPROVISIONED', []]);
  });

  it('a duty that is under way comes to its end first, one that has not begun never begins', () => {
    const open = after(...complete, 'intend', deprovision);
    expect(decider.next(open).map(({ key }) => key)).toEqual(['after/LINE-x/1']);
    const ended = after(...complete, 'intend', deprovision, done('x'));
    expect(ended.duties['LINE-x']).toMatchObject({ status: 'done' });
    expect(decider.next(ended).map(({ key }) => key)).toEqual(['CHILDREN/undo/1']);
    expect(Object.keys(ended.duties)).toEqual(['LINE-x']);
  });

  it('is found by its kind when the facts do not name it any more', () => {
    const amended = decider.evolve(after(...both), { type: 'FactsAmended', data: { facts: { who: 'z' }, time: 8 } });
    const back = childless.reduce<PortfolioState>((now, one) => tell(now, one), amended);
    expect(decider.next(back)[0]).toMatchObject({ key: 'LINE-y/undo/1' });
  });

  it('a duty that was refused, and whose undoing fails, is resumed where it is: on the way back', () => {
    const failed: Told[] = [...complete, 'intend', done('x'), 'intend', refused, ...childless, 'intend', refused];
    expect(stateName(after(...failed))).toBe('LINE-y_DEPROVISION_FAILED');
    const resume: PortfolioCommand = { type: 'ResumeStage', stage: 'LINE-y', time: 10 };
    expect(decider.next(after(...failed, resume))[0]).toMatchObject({ key: 'LINE-y/undo/2' });
  });

  it('a resume of what is resumed already is silence, also of a duty', () => {
    const resume: PortfolioCommand = { type: 'ResumeStage', stage: 'LINE-x', time: 10 };
    const resumed = after(...complete, 'intend', refused, resume);
    expect(decider.next(resumed)[0]).toMatchObject({ key: 'after/LINE-x/2' });
    expect(decider.decide(resume, resumed)).toEqual([]);
    expect(() => decider.decide(resume, after(...both))).toThrow(expect.objectContaining({ code: 'state_conflict' }));
  });

  it('duties and children fail visibly, and a person resumes or leaves them', () => {
    const failed = after(...both, ...childless, 'intend', refused);
    expect([stateName(failed), failed.phase]).toEqual(['LINE-y_DEPROVISION_FAILED', 'DEPROVISION_FAILED']);
    expect(legalUnder(failed, plan)).toEqual([
      { command: 'resume', stage: 'LINE-y' },
      { command: 'skip', stage: 'LINE-y' },
    ]);
    const resume: PortfolioCommand = { type: 'ResumeStage', stage: 'LINE-y', time: 10 };
    expect(decider.next(after(...both, ...childless, 'intend', refused, resume))[0]).toMatchObject({
      key: 'LINE-y/undo/2',
    });
    const leave = (stage: string): PortfolioCommand => ({ type: 'SkipStage', stage, reason: 'by hand', time: 10 });
    const children: Told[] = [deprovision, 'intend', refused];
    const left = after(...both, ...children, leave('CHILDREN'));
    expect(decider.next(left)[0]).toMatchObject({ key: 'LINE-y/undo/1' });
    expect(() => after(...both, ...childless, 'intend', refused, leave('NOWHERE'))).toThrow(/no stage NOWHERE/);
    expect(() => after(...both, ...childless, 'intend', refused, leave('A'))).toThrow(/does not fit/);
  });
});

describe('facts behind duties', () => {
  const amend = (who: string): PortfolioCommand => ({ type: 'AmendFacts', facts: { who, key: 'vault:k#1' }, time: 8 });

  it('cannot be taken from under what was reported; more may come, and what failed may be corrected', () => {
    expect(() => after(...both, amend('x'))).toThrow(/cannot be amended/);
    expect(Object.keys(after(...both, amend('x y z'), 'intend').duties)).toEqual(['LINE-x', 'LINE-y', 'LINE-z']);
    expect(after(...complete, 'intend', refused, amend('y')).facts).toMatchObject({ who: 'y' });
    expect(() => after(...complete, 'intend', amend('y'))).toThrow(/cannot be amended/);
  });
});

describe('the description of a plan', () => {
  it('lists what can be owed after it, and the states of its way back', () => {
    const { after: duties, flow, states } = planDescription(plan);
    expect(duties).toEqual([
      {
        name: 'LINE-{who}',
        label: 'a line',
        when: 'at once',
        payload: { who: 'fact who' },
        calls: [],
        undo: ['DELETE a /{id}'],
      },
    ]);
    expect(flow).toEqual([]);
    expect(states).toEqual(
      expect.arrayContaining([
        'LINE-{who}_DEPROVISIONED',
        'CHILDREN_DEPROVISIONING_REQUESTED',
        'CHILDREN_LEFT_IN_PLACE',
      ]),
    );
  });
});

describe('a plan that names its parent or duties strangely', () => {
  it('cannot be registered', () => {
    const stage = { ...first!, parent: { fact: 'who', of: 'test', take: {} } };
    expect(() => new PlanRegistry().register({ ...plan, stages: [stage] })).toThrow(/not among the names of parents/);
    const [kind] = plan.after!.kinds;
    const same = { ...plan.after!, kinds: [{ ...kind!, name: 'A' }] };
    expect(() => new PlanRegistry().register({ ...plan, after: same })).toThrow(/a stage and a duty/);
  });
});
