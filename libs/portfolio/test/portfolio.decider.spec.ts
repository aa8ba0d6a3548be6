import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '#kernel';
import { refusal } from '#testing';
import {
  leftOutside,
  legalCommands,
  planDescription,
  portfolioView,
  stateName,
  type PortfolioCommand,
} from '../index.js';
import { create, decider, done, fold, lost, plan, plans, play, refused, step, types, type Told } from './fixture.js';

const accepted: Outcome = { kind: 'accepted', location: 'http://csp/op/1' };
const automatic = create();
const manual = create('manual');
const resume = (stage: string, input?: Record<string, unknown>): PortfolioCommand => ({
  type: 'ResumeStage',
  stage,
  ...(input && { input }),
  time: 9,
});
const skip = (stage: string): PortfolioCommand => ({ type: 'SkipStage', stage, reason: 'not needed', time: 9 });
const abandon: PortfolioCommand = { type: 'AbandonPortfolio', reason: 'given up', time: 9 };
const trigger: PortfolioCommand = { type: 'TriggerNextTransition', time: 9 };
const toC: Told[] = [automatic, 'intend', done('a'), 'intend', accepted, done('b'), 'intend'];

describe('a portfolio', () => {
  it('goes through all three kinds of stages and completes in the append of the last outcome', () => {
    expect(types(play(...toC, accepted, done('c')))).toEqual(
      [
        ['PortfolioCreated', 'PortfolioStarted', 'StageStarted', 'StageCompleted'],
        ['StageStarted', 'ProvisioningRequested', 'StageCompleted'],
        ['StageStarted', 'ProvisioningRequested', 'StageCompleted', 'PortfolioCompleted'],
      ].flat(),
    );
  });

  it.each<[string, string, Told[]]>([
    ['UNSTARTED', 'UNSTARTED', [manual]],
    ['UNSTARTED', 'STARTED', [automatic]],
    ['A_IN_PROGRESS', 'STARTED', [automatic, 'intend']],
    ['A_IN_PROGRESS', 'STARTED', [automatic, 'intend', lost]],
    ['A_FAILED', 'FAILED', [automatic, 'intend', refused]],
    ['A_COMPLETED', 'STARTED', [automatic, 'intend', done()]],
    ['B_REQUESTED', 'STARTED', [automatic, 'intend', done(), 'intend', accepted]],
    ['COMPLETED', 'COMPLETED', [...toC, done()]],
    ['COMPLETED', 'COMPLETED', [...toC, refused, skip('C')]],
    ['ABANDONED', 'ABANDONED', [automatic, abandon]],
  ])('shows %s in phase %s', (name, phase, told) => {
    const state = fold(play(...told));
    expect([stateName(state), state.phase]).toEqual([name, phase]);
  });

  const commands = { resume: resume('C'), skip: skip('C'), abandon, 'trigger-next-transition': trigger };
  it.each<[string, Told[], string[]]>([
    ['unstarted by hand', [manual], ['abandon', 'trigger-next-transition']],
    ['in progress', toC, ['abandon']],
    ['requested', [...toC, accepted], ['abandon']],
    ['failed', [...toC, refused], ['resume', 'skip', 'abandon']],
    ['retrying', [...toC, lost], ['abandon']],
    ['completed', [...toC, done()], []],
    ['abandoned', [...toC, { ...abandon, reason: 'other' }], []],
  ])('%s: exactly the legal commands are decided, every other is refused with them', (_name, told, legal) => {
    const state = fold(play(...told));
    expect(legalCommands(state, plans).map(({ command }) => command)).toEqual(expect.arrayContaining(legal));
    for (const [name, command] of Object.entries(commands)) {
      if (legal.includes(name)) expect(decider.decide(command, state)).not.toHaveLength(0);
      else
        expect(refusal(() => decider.decide(command, state))).toMatchObject({
          code: 'state_conflict',
          status: 409,
          extra: { state: stateName(state), commands: legalCommands(state, plans) },
        });
    }
  });

  it('moves a manual portfolio by exactly one stage for each trigger', () => {
    const told: Told[] = [manual, trigger, 'intend', done()];
    expect(stateName(fold(play(...told)))).toBe('A_COMPLETED');
    expect(decider.next(fold(play(...told)))).toEqual([{ kind: 'wait', key: 'trigger' }]);
    const failed: Told[] = [...told, trigger, 'intend', refused, trigger];
    expect(types(play(...failed)).slice(-2)).toEqual(['StageFailed', 'StageResumed']);
    const all: Told[] = [...failed, 'intend', done(), trigger, 'intend', done()];
    expect(stateName(fold(play(...all)))).toBe('C_COMPLETED');
    expect(stateName(fold(play(...all, trigger)))).toBe('COMPLETED');
  });

  it('refuses trigger-next-transition on an automatic portfolio even where it failed', () => {
    expect(refusal(() => step(fold(play(...toC, refused)), trigger)).status).toBe(409);
  });

  it('says nothing for a repeat of what was decided', () => {
    const failed: Told[] = [...toC, refused];
    for (const [told, again] of [
      [[automatic], automatic],
      [[...failed, resume('C')], resume('C')],
      [[...failed, skip('C')], skip('C')],
      [[automatic, abandon], abandon],
      [[...toC, done()], done()],
      [[automatic, 'intend', done()], done()],
    ] as [Told[], Told][])
      expect(step(fold(play(...told)), again)).toEqual([]);
  });

  it('records a success that comes after it was abandoned, once: it stays outside until it is taken back', () => {
    const given = [automatic, 'intend', abandon] as const;
    expect(step(fold(play(...given)), refused)).toEqual([]);
    expect(step(fold(play(...given)), { kind: 'done', result: { odd: 1 } })).toEqual([]);
    expect(decider.next(fold(play(...given)))).toEqual([]);
    const events = play(...given, done('late'));
    expect(events.at(-1)).toMatchObject({ type: 'StageCompletedLate', data: { step: 'A', result: { id: 'late' } } });
    const state = fold(events);
    if (state.phase !== 'ABANDONED') throw new Error(state.phase);
    expect(step(state, done('late'))).toEqual([]);
    expect(leftOutside(state, plan)).toEqual([{ stage: 'A', certain: true, command: 'deprovision', reason: null }]);
    const back = fold(play(...given, done('late'), { type: 'DeprovisionPortfolio', reason: 'r', time: 9 }));
    expect(decider.next(back)[0]).toMatchObject({ key: 'A/undo/1', input: { id: 'late' } });
  });

  it('says what may have stayed outside when nobody knows', () => {
    const state = fold(play(automatic, 'intend', lost, 'intend', lost, abandon));
    if (state.phase === 'ABSENT') throw new Error('absent');
    expect(leftOutside(state, plan)).toEqual([{ stage: 'A', certain: false, command: 'deprovision', reason: null }]);
  });

  it('makes a result that does not fit a failure that names each field', () => {
    const [event] = step(fold(play(automatic, 'intend')), { kind: 'done', result: { other: 1 } });
    expect(event).toMatchObject({
      type: 'StageFailed',
      data: { failure: { kind: 'invalid_result', code: 'invalid_result', fields: [{ pointer: '/id' }] } },
    });
  });

  it('translates the names of a callback by the plan', () => {
    const outcome: Outcome = { kind: 'done', result: { theId: 'c1' } };
    const state = fold(play(...toC, accepted));
    const command = { type: 'Outcome', key: 'C/1', attempt: 1, outcome, time: 8, jitter: 0, via: 'callback' } as const;
    expect(decider.decide(command, state)[0]).toMatchObject({ type: 'StageCompleted', data: { result: { id: 'c1' } } });
  });

  it('resumes with corrected input under a new generation, and refuses input that does not fit', () => {
    const failed: Told[] = [automatic, 'intend', refused];
    const state = fold(play(...failed, resume('A', { who: 'you' })));
    expect(decider.next(state)[0]).toMatchObject({ key: 'A/2', attempt: 1, input: { who: 'you' } });
    expect(refusal(() => step(fold(play(...failed)), resume('A', { who: '' })))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: [{ pointer: '/input/who' }],
    });
  });

  it('keeps the key when an unknown outcome is resumed without changed input', () => {
    const state = fold(play(automatic, 'intend', lost, 'intend', lost, resume('A')));
    expect(decider.next(state)[0]).toMatchObject({ key: 'A/1', attempt: 3, input: { who: 'me' } });
  });

  it('refuses a result by hand with a field that the stage does not have: it could be a secret', () => {
    const state = fold(play(...toC, refused));
    const command = { ...skip('C'), result: { id: 'c', password: 'hunter22' } } as PortfolioCommand;
    const { code, errors } = refusal(() => step(state, command));
    expect([code, errors.map(({ pointer }) => pointer)]).toEqual(['validation_failed', ['/result/password']]);
  });

  it('refuses to skip where the plan does not allow it, and unknown stages', () => {
    const state = fold(play(automatic, 'intend', refused));
    expect(refusal(() => step(state, skip('A'))).code).toBe('stage_not_skippable');
    expect(refusal(() => step(state, resume('Z'))).status).toBe(404);
  });

  it('names every fault of the facts and takes no secret in clear', () => {
    const bad = { ...automatic, facts: { key: 'hunter2', odd: 1 } } as PortfolioCommand;
    const pointers = refusal(() => decider.decide(bad, decider.initial())).errors.map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/facts/key', '/facts/odd', '/facts/who']);
  });

  it('is viewed with stages, results and legal commands; without its plan as CONFIGURATION_ERROR', () => {
    const state = fold(play(...toC, refused));
    if (state.phase === 'ABSENT') throw new Error('absent');
    const view = portfolioView(state, plan);
    expect(view).toMatchObject({ state: 'C_FAILED', phase: 'FAILED' });
    expect(view.stages.map((one) => one.result)).toEqual([{ id: 'a' }, { id: 'b' }, null]);
    expect(portfolioView(state, undefined)).toMatchObject({ phase: 'CONFIGURATION_ERROR', legalCommands: [] });
  });

  it('describes its plan: every state it shows is listed', () => {
    const { states, transitions } = planDescription(plan);
    expect(states).toEqual(expect.arrayContaining(['A_FAILED', 'B_REQUESTED', 'C_SKIPPED', 'COMPLETED']));
    expect(states).not.toContain('A_REQUESTED');
    expect(transitions.every(({ from, to }) => [...from, to].every((name) => states.includes(name)))).toBe(true);
  });
});
