import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import type { Failure } from '#kernel';
import {
  PlanRegistry,
  portfolioDecider,
  type PortfolioCommand,
  type PortfolioState,
  type StagePlan,
} from '../index.js';
import { create, plan as base, type Told } from './fixture.js';

const text = Type.String({ minLength: 1 });
const undo = { calls: [{ api: 'a', method: 'DELETE', path: '/{id}' }] } as const;
const [first] = base.stages;
const fields = { url: 'url', retryAfter: 'wait' } as const;

/** A stage that begins an operation of the CSP and one that waits for it, as the creation of a billing profile. */
const plan: StagePlan = {
  ...base,
  stages: [
    {
      ...first!,
      begins: fields,
      undo,
      result: Type.Object({ url: Type.Optional(text), wait: Type.Optional(Type.Number()), id: Type.Optional(text) }),
    },
    {
      ...first!,
      name: 'B',
      effect: 'b',
      pollEffect: 'b.poll',
      payload: {
        schema: Type.Object({ url: Type.Optional(text), wait: Type.Optional(Type.Number()) }),
        from: { url: { stage: 'A', field: 'url' }, wait: { stage: 'A', field: 'wait' } },
      },
      awaits: { ...fields, take: { id: 'id' } },
      undo,
      policy: { ...first!.policy, completion: { kind: 'poll', everyMs: 50, deadlineMs: 60_000 } },
    },
  ],
};
const decider = portfolioDecider(new PlanRegistry().register(plan));
const deprovision: PortfolioCommand = { type: 'DeprovisionPortfolio', reason: 'closed', time: 9 };
const done = (result: object): Told => ({ kind: 'done', result });
const failed = (failure: Partial<Failure>): Told => ({
  kind: 'failed',
  failure: { kind: 'refused', code: 'no', message: 'no', ...failure },
});

function after(...told: readonly Told[]): PortfolioState {
  return told.reduce<PortfolioState>((state, one) => {
    const command = typeof one === 'object' && 'type' in one;
    const events = command ? decider.decide(one, state) : outcomeOrIntent(state, one);
    return events.reduce((now, event) => decider.evolve(now, event), state);
  }, decider.initial());
}

function outcomeOrIntent(state: PortfolioState, one: Told) {
  const [owed] = decider.next(state);
  if (owed?.kind !== 'run') return [];
  if (one === 'intend') return [owed.intent!({ owner: 'me', until: 100, time: 4, tokenKey: 't' })];
  const attempt = owed.intent === undefined ? owed.attempt : owed.attempt - 1;
  return decider.decide({ type: 'Outcome', key: owed.key, attempt, outcome: one as never, time: 5, jitter: 0 }, state);
}

const began: Told[] = [create(), 'intend', done({ url: 'http://csp/op/1' }), 'intend'];
const refusedToTell = failed({ status: 403 });

describe('taking back what an operation of the CSP made', () => {
  it('asks once more when asking was refused, and takes away what it then knows', () => {
    const asking = after(...began, refusedToTell, deprovision);
    expect(decider.next(asking)[0]).toMatchObject({ key: 'B/2', effect: 'b', input: { url: 'http://csp/op/1' } });
    const known = after(...began, refusedToTell, deprovision, 'intend', done({ id: 'b' }));
    expect(decider.next(known)[0]).toMatchObject({ key: 'B/undo/1', input: { id: 'b' } });
  });

  it('leaves both stages with the reason when nobody can tell, never as taken back', () => {
    const state = after(...began, refusedToTell, deprovision, 'intend', refusedToTell);
    const left = { status: 'left', reason: 'what became of it is not known: no' };
    expect(state).toMatchObject({ phase: 'DEPROVISIONED', undone: { A: left, B: left } });
  });

  it('has nothing to ask about when the operation itself ended badly', () => {
    const state = after(...began, failed({ code: 'ProvisioningFailed', status: 200 }), deprovision);
    expect(decider.next(state)[0]).toMatchObject({ key: 'B/undo/1' });
  });

  it('is begun anew only then: under another key it would be there twice', () => {
    const retry: PortfolioCommand = { type: 'RetryFrom', stage: 'A', reason: 'again', time: 9 };
    expect(() => after(...began, refusedToTell, retry)).toThrow(/not known/);
    expect(decider.next(after(...began, failed({ status: 200 }), retry))[0]).toMatchObject({ key: 'A/2' });
  });
});
