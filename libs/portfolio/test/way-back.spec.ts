import { describe, expect, it } from '@jest/globals';
import { refusal } from '#testing';
import {
  legalCommands,
  planDescription,
  PlanRegistry,
  portfolioDecider,
  portfolioView,
  stateName,
  type PortfolioCommand,
  type PortfolioState,
} from '../index.js';
import { create, decider, done, fold, lost, plan, plans, play, refused, step, types, type Told } from './fixture.js';

const automatic = create();
const deprovision: PortfolioCommand = { type: 'DeprovisionPortfolio', reason: 'closed', time: 9 };
const retryFrom = (stage: string): PortfolioCommand => ({ type: 'RetryFrom', stage, reason: 'again', time: 9 });
const resume = (stage: string): PortfolioCommand => ({ type: 'ResumeStage', stage, time: 9 });
const pause: PortfolioCommand = { type: 'PausePortfolio', reason: 'wait', time: 9 };
const toB: Told[] = [automatic, 'intend', done('a'), 'intend'];
const toC: Told[] = [...toB, done('b'), 'intend'];
const after = (events: readonly { type: string }[], type: string) =>
  types(events as never).slice(types(events as never).indexOf(type) + 1);

describe('the way back', () => {
  it('takes stages back in reverse, leaves what cannot be, and ends in the append of the last outcome', () => {
    const events = play(...toC, done('c'), deprovision, 'intend', done());
    expect(after(events, 'DeprovisioningRequested')).toEqual([
      'StageLeftInPlace',
      'StageDeprovisioningStarted',
      'StageDeprovisioned',
      'PortfolioDeprovisioned',
    ]);
    const state = fold(events);
    expect(stateName(state)).toBe('DEPROVISIONED');
    if (state.phase === 'ABSENT') throw new Error('absent');
    expect(portfolioView(state, plan).stages.map(({ undo }) => undo?.state)).toEqual([
      'DEPROVISIONED',
      'LEFT_IN_PLACE',
      undefined,
    ]);
  });

  it('takes no other facts any more', () => {
    const amend: PortfolioCommand = { type: 'AmendFacts', facts: { who: 'you' }, time: 9 };
    const back = fold(play(...toC, done('c'), deprovision));
    expect(refusal(() => decider.decide(amend, back)).status).toBe(409);
    expect(types(decider.decide(amend, fold(play(...toC))))).toEqual(['FactsAmended']);
  });

  it('gives the undo what the stage was given and what it answered, under a key of its own', () => {
    const state = fold(play(...toC, done('c'), deprovision));
    expect(decider.next(state)[0]).toMatchObject({ key: 'A/undo/1', effect: 'a.undo', input: { who: 'me', id: 'a' } });
  });

  it('lets what is under way come to its end first', () => {
    const accepted: Told = { kind: 'accepted', location: 'http://csp/op/1' };
    const waiting = fold(play(...toB, accepted, deprovision));
    expect(stateName(waiting)).toBe('DEPROVISIONING');
    expect(decider.next(waiting)[0]).toMatchObject({ effect: 'b.poll' });
    const events = play(...toB, accepted, deprovision, done('b'));
    expect(after(events, 'DeprovisioningRequested')).toEqual(['StageCompleted', 'StageLeftInPlace']);
  });

  it('asks once more what became of a stage that ended unknown, and leaves it when that stays unknown', () => {
    const unknown: Told[] = [automatic, 'intend', lost, 'intend', lost, deprovision];
    expect(after(play(...unknown), 'DeprovisioningRequested')).toEqual(['StageResumed']);
    expect(decider.next(fold(play(...unknown)))[0]).toMatchObject({ key: 'A/1' });
    const events = play(...unknown, 'intend', lost, 'intend', lost);
    expect(types(events).slice(-2)).toEqual(['StageLeftInPlace', 'PortfolioDeprovisioned']);
  });

  it('never shows a failure as done: it waits for a person', () => {
    const failed: Told[] = [...toC, done('c'), deprovision, 'intend', refused];
    const state = fold(play(...failed));
    expect([stateName(state), state.phase]).toEqual(['A_DEPROVISION_FAILED', 'DEPROVISION_FAILED']);
    expect(legalCommands(state, plans)).toEqual([
      { command: 'resume', stage: 'A' },
      { command: 'skip', stage: 'A' },
    ]);
    expect(decider.next(fold(play(...failed, resume('A'))))[0]).toMatchObject({ key: 'A/undo/2' });
    const left = play(...failed, { type: 'SkipStage', stage: 'A', reason: 'by hand', time: 9 });
    expect(types(left).slice(-2)).toEqual(['StageLeftInPlace', 'PortfolioDeprovisioned']);
  });

  it('is listed by the plan with all its states', () => {
    const { states, transitions } = planDescription(plan);
    expect(states).toEqual(expect.arrayContaining(['A_DEPROVISIONING', 'A_DEPROVISION_FAILED', 'DEPROVISIONED']));
    expect(transitions.every(({ from, to }) => [...from, to].every((name) => states.includes(name)))).toBe(true);
  });
});

describe('retry from an earlier stage', () => {
  it('does that stage and all behind it under new keys, with the results before it', () => {
    const failed: Told[] = [...toB, refused, retryFrom('A')];
    expect(decider.next(fold(play(...failed)))[0]).toMatchObject({ key: 'A/2', attempt: 1, input: { who: 'me' } });
    const again: Told[] = [...failed, 'intend', done('a2')];
    expect(decider.next(fold(play(...again)))[0]).toMatchObject({ key: 'B/2', attempt: 1, input: { a: 'a2' } });
    const third = fold(play(...again, 'intend', refused, retryFrom('A')));
    expect(decider.next(third)[0]).toMatchObject({ key: 'A/3' });
  });

  it('is silent towards what still comes for the requests that were set aside', () => {
    const state = fold(play(...toB, refused, retryFrom('A'), 'intend'));
    const late = { type: 'Outcome', key: 'A/1', attempt: 1, outcome: done('old'), time: 9, jitter: 0 } as const;
    expect(decider.decide(late as never, state)).toEqual([]);
  });

  it('fits only a failed portfolio and a stage behind it', () => {
    expect(refusal(() => step(fold(play(...toC)), retryFrom('A'))).code).toBe('state_conflict');
    expect(refusal(() => step(fold(play(...toC, refused)), retryFrom('C'))).code).toBe('state_conflict');
    expect(refusal(() => step(fold(play(...toC, refused)), retryFrom('Z'))).status).toBe(404);
  });

  it('does nothing again that would then be there twice', () => {
    const { code, extra } = refusal(() => step(fold(play(...toC, refused)), retryFrom('A')));
    expect([code, extra]).toEqual(['stage_behind_barrier', { barrier: 'B', stages: ['B'] }]);
  });

  it('asks under no other key for what nobody knows the outcome of', () => {
    const state = fold(play(...toB, lost, 'intend', lost));
    expect(legalCommands(state, plans).map(({ command }) => command)).not.toContain('retry-from');
    expect(refusal(() => step(state, retryFrom('A'))).extra).toEqual({ barrier: 'B', stages: ['B'] });
  });

  it('keeps what was there: the operator may go on with it, and it is taken back', () => {
    const clash: Told[] = [...toB, refused, retryFrom('A'), 'intend', refused];
    const kept = fold(play(...clash, { type: 'SkipStage', stage: 'A', reason: 'it is there', time: 9 }));
    expect(decider.next(kept)[0]).toMatchObject({ key: 'B/2', input: { a: 'a' } });
    for (const told of [clash, [...clash, { type: 'SkipStage', stage: 'A', reason: 'it is there', time: 9 } as const]])
      expect(decider.next(fold(play(...told, deprovision)))[0]).toMatchObject({ key: 'A/undo/1', input: { id: 'a' } });
  });
});

describe('a paused portfolio', () => {
  it('begins nothing, still asks after what was accepted, and goes on where it was', () => {
    const state = fold(play(automatic, pause));
    expect(decider.next(state)).toEqual([{ kind: 'wait', key: 'continue' }]);
    const polled = fold(play(...toB, { kind: 'accepted', location: 'http://csp/op/1' }, pause));
    expect(decider.next(polled).map(({ kind }) => kind)).toEqual(['run', 'wait', 'wait']);
    const on = fold(play(automatic, pause, { type: 'ContinuePortfolio', time: 10 }));
    expect(decider.next(on)[0]).toMatchObject({ key: 'A/1' });
    expect(step(state, pause)).toEqual([]);
    expect(step(on, { type: 'ContinuePortfolio', time: 11 })).toEqual([]);
    const over = fold(play(automatic, pause, { type: 'AbandonPortfolio', reason: 'no', time: 11 }));
    expect(over).toMatchObject({ phase: 'ABANDONED', paused: undefined });
    for (const late of [pause, { type: 'ContinuePortfolio', time: 12 } as const])
      expect(refusal(() => step(over, late)).code).toBe('state_conflict');
  });
});

describe('a portfolio that is paused during its last stage', () => {
  const paused = play(...toC, pause, done('c'));

  it('is complete when it goes on, because of what is owed then something would leave', () => {
    expect(stateName(fold(paused))).toBe('C_COMPLETED');
    expect(decider.next(fold(paused))).toEqual([{ kind: 'wait', key: 'continue' }]);
    expect(types(step(fold(paused), { type: 'ContinuePortfolio', time: 10 }))).toEqual([
      'PortfolioContinued',
      'PortfolioCompleted',
    ]);
  });

  it('shows no pause when it was completed before pauses waited for it', () => {
    const state = fold([...paused, { type: 'PortfolioCompleted', data: { time: 9 } }]);
    expect(state).toMatchObject({ phase: 'COMPLETED', paused: undefined });
  });
});

describe('law 2: a key is never used twice', () => {
  const [a] = plan.stages;
  const stages = ['A', 'B', 'C'].map((name) => ({ ...a!, name, undo: undefined, skippable: true }));
  const manual = portfolioDecider(new PlanRegistry().register({ ...plan, stages }));
  const trigger: PortfolioCommand = { type: 'TriggerNextTransition', time: 9 };
  const skip: PortfolioCommand = { type: 'SkipStage', stage: 'B', reason: 'not needed', time: 9 };
  const run = (...told: readonly (PortfolioCommand | 'done' | 'refused')[]): PortfolioState =>
    told.reduce<PortfolioState>((state, one) => {
      if (typeof one === 'object') return manual.decide(one, state).reduce(manual.evolve, state);
      const [owed] = manual.next(state);
      if (owed?.kind !== 'run') throw new Error('nothing is owed');
      const by = { owner: 'me', until: 100, time: 4, tokenKey: 't' };
      const begun = manual.evolve(state, owed.intent!(by));
      const { key, attempt } = owed;
      const outcome = one === 'done' ? done() : refused;
      return manual
        .decide({ type: 'Outcome', key, attempt, outcome, time: 5, jitter: 0 }, begun)
        .reduce(manual.evolve, begun);
    }, manual.initial());

  it('also by a stage that was set back, passed over before it began anew, and set back once more', () => {
    const again = [create('manual'), trigger, 'done', trigger, 'done', trigger, 'refused', retryFrom('A')] as const;
    const state = run(...again, 'done', skip, trigger, 'refused', retryFrom('A'), 'done', trigger);
    expect(manual.next(state)).toMatchObject([{ key: 'B/2' }]);
  });
});
