import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '#kernel';
import { stateName, type PortfolioState } from '../index.js';
import { create, decider, done, lost, refused, step, type Told } from './fixture.js';

const stage = fc.constantFrom('A', 'B', 'C', 'Z');
const told: fc.Arbitrary<Told> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Told>('intend') },
  { weight: 4, arbitrary: fc.constantFrom<Told>(done(), refused, lost, { kind: 'done', result: null }) },
  fc.constantFrom<Told>({ kind: 'accepted', location: 'http://csp/1' }, { kind: 'pending' }),
  fc.constantFrom<Told>(create(), create('manual'), { type: 'TriggerNextTransition', time: 7 }),
  stage.map<Told>((name) => ({ type: 'ResumeStage', stage: name, time: 7 })),
  stage.map<Told>((name) => ({ type: 'SkipStage', stage: name, reason: 'r', time: 7 })),
  fc.record({ key: stage.map((name) => `${name}/1`), time: fc.nat(200_000) }).map<Told>(({ key, time }) => ({
    type: 'Due',
    key,
    time,
    jitter: 0,
  })),
  stage.map<Told>((name) => ({ type: 'RetryFrom', stage: name, reason: 'r', time: 7 })),
  fc.constantFrom<Told>(
    { type: 'PausePortfolio', reason: 'r', time: 7 },
    { type: 'ContinuePortfolio', time: 7 },
    { type: 'DeprovisionPortfolio', reason: 'r', time: 7 },
  ),
  { weight: 1, arbitrary: fc.constant<Told>({ type: 'AbandonPortfolio', reason: 'r', time: 7 }) },
);

const ENDED: readonly string[] = ['COMPLETED', 'ABANDONED', 'DEPROVISIONED'];

function apply(state: PortfolioState, one: Told): PortfolioState {
  try {
    return step(state, one).reduce((now, event) => decider.evolve(now, event), state);
  } catch (error) {
    if (isRefusal(error)) return state;
    throw error;
  }
}

describe('a portfolio under any sequence of commands and outcomes', () => {
  // fast-check prints the seed with a failure.
  it('throws nothing but refusals, goes back only when it is told to, and owes something exactly while it is not ended', () => {
    fc.assert(
      fc.property(fc.constantFrom(create(), create('manual')), fc.array(told, { maxLength: 40 }), (first, rest) => {
        let state = apply(decider.initial(), first);
        for (const one of rest) {
          const before = state;
          state = apply(before, one);
          if (before.phase === 'ABSENT' || state.phase === 'ABSENT') throw new Error('lost its beginning');
          const retried = typeof one === 'object' && 'type' in one && one.type === 'RetryFrom';
          if (!retried) expect(state.current).toBeGreaterThanOrEqual(before.current);
          const ended = ENDED.includes(state.phase);
          expect(decider.next(state).length === 0).toBe(ended);
          expect(stateName(state)).toMatch(/^(UNSTARTED|COMPLETED|ABANDONED|DEPROVISION(ING|ED)|[ABC]_[A-Z_]+)$/);
          const back = typeof one === 'object' && 'type' in one && one.type === 'DeprovisionPortfolio';
          // What was under way when it was abandoned may still tell that it was done.
          const same = before.phase === 'ABANDONED' ? { ...state, stages: before.stages } : state;
          if (ENDED.includes(before.phase) && !back) expect(same).toEqual(before);
          if (before.phase === 'DEPROVISIONED') expect(state).toEqual(before);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
