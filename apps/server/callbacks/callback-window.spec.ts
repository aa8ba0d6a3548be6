import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '#kernel';
import { azurePlanV1 } from '#csp';
import { PlanRegistry } from '#portfolio';
import { MemoryVault } from '#testing';
import { cameLate, judge, refuse } from './callback-window.js';
import { waitingIn } from './waiting-requests.js';

const parts = { plans: new PlanRegistry(), vault: new MemoryVault() };
const common = { step: 'A', generation: 2, attempt: 1, failures: 0, input: {}, tokenKey: 'k', startedAt: 0 };
const done = { ...common, status: 'done', result: { id: 'x', n: 1 }, endedAt: 5 };
const failure = { kind: 'refused', code: 'no', message: 'never' };
const failed = { ...common, status: 'failed', failure, endedAt: 5 };
const overdue = { ...failed, failure: { kind: 'unknown', code: 'deadline_exceeded', message: 'late' } };
const accepted = { ...common, status: 'accepted', closesAt: 9 };

const holders = {
  'portfolio-1': (request?: object, ended = false) => ({
    phase: ended ? 'ABANDONED' : 'STARTED',
    csp: 'none',
    plan: { version: 1 },
    stages: request ? { A: request } : {},
  }),
  'process-1': (request?: object, ended = false) => ({
    status: ended ? 'aborted' : 'awaiting_callback',
    position: 0,
    steps: [{ key: 'first' }, { key: 'A' }],
    requests: [undefined, request],
    dynamic: {},
  }),
  'operation-1': (request?: object, ended = false) => ({
    status: ended ? 'PROVISIONING_FAILED' : 'PROVISIONING_REQUESTED',
    needs: {},
    report: undefined,
    ...(request && { needs: { A: { need: { id: 'A', type: 't' }, provision: request } } }),
  }),
};

const success = (result: unknown): Outcome => ({ kind: 'done', result });
const progress: Outcome = { kind: 'pending' };
const refusal: Outcome = { kind: 'failed', failure: failure as never };

describe.each(Object.entries(holders))('a callback that changed nothing, %s', (stream, holding) => {
  const waiting = waitingIn(stream, parts)!;
  const answer = (state: unknown, named: string, outcome: Outcome) => {
    const key = stream.startsWith('operation') ? named.replace('/', '/provision/') : named;
    try {
      refuse(judge(waiting, state, key, outcome));
      return 202;
    } catch (error) {
      return (error as { status: number }).status;
    }
  };

  it.each([
    ['a step that never was', holding(), 'B/1', success({}), 404],
    ['a step that has not begun', holding(), 'A/1', success({}), 404],
    ['a generation that never was', holding(accepted), 'A/3', success({}), 404],
    ['a superseded generation', holding(accepted), 'A/1', success({}), 410],
    ['the recorded result, keys in another order', holding(done), 'A/2', success({ n: 1, id: 'x' }), 202],
    ['another result', holding(done), 'A/2', success({ id: 'y' }), 409],
    ['a failure after success', holding(done), 'A/2', refusal, 409],
    ['progress after success', holding(done), 'A/2', progress, 410],
    ['the recorded failure', holding(failed), 'A/2', refusal, 202],
    ['success after a refusal', holding(failed), 'A/2', success({}), 409],
    ['success after the deadline', holding(overdue), 'A/2', success({}), 410],
    ['progress of what still waits', holding(accepted), 'A/2', progress, 202],
    ['success of what was given up', holding(accepted, true), 'A/2', success({}), 410],
    ['the recorded result of what was given up', holding(done, true), 'A/2', success({ id: 'x', n: 1 }), 202],
  ] as const)('%s', (_name, state, key, outcome, status) => {
    expect(answer(state, key, outcome)).toBe(status);
  });
});

describe('where requests are', () => {
  it('finds those inside a for-each by path', () => {
    const state = { ...holders['process-1'](), dynamic: { 'fan/2/b': accepted } };
    expect(waitingIn('process-1', parts)!.request(state, 'fan/2/b')).toBe(accepted);
  });

  it('takes a skipped stage for ended', () => {
    const state = holders['portfolio-1']({ status: 'skipped' });
    expect(judge(waitingIn('portfolio-1', parts)!, state, 'A/1', progress)).toBe('late');
  });

  it('has none in streams that owe nothing', () => {
    expect(waitingIn('subscription-1', parts)).toBeUndefined();
  });
});

describe('a success that is recorded too late', () => {
  const skipped = { step: 'A', status: 'skipped', because: 'operator', endedAt: 5 };
  const cases = {
    'portfolio-1': { ...holders['portfolio-1'](done, true), plan: { version: 1, stages: ['A'] }, current: 0 },
    'process-1': holders['process-1'](skipped),
  };
  it.each(Object.entries(cases))('is late the first time and when it is repeated, %s', (stream, state) => {
    const is = (events: readonly object[], repeated: boolean, outcome = success({})) =>
      cameLate(waitingIn(stream, parts)!, { events, repeated, state } as never, 'A/2', outcome);
    expect([is([{}], false), is([], true)]).toEqual([true, true]);
    expect([is([], false), is([], true, progress)]).toEqual([false, false]);
  });

  it('is not late where it counts', () => {
    for (const [stream, state] of [
      ['portfolio-1', { ...holders['portfolio-1'](done), plan: { version: 1, stages: ['A'] }, current: 1 }],
      ['process-1', holders['process-1'](done)],
      ['operation-1', holders['operation-1'](done)],
    ] as const)
      expect(cameLate(waitingIn(stream, parts)!, { events: [], repeated: true, state }, 'A/2', success({}))).toBe(
        false,
      );
  });
});

describe('a failure that is told of a stage', () => {
  const [stage] = azurePlanV1.stages.filter(({ payload }) => 'first_name' in payload.schema.properties);
  const plans = new PlanRegistry();
  plans.register(azurePlanV1);
  const request = { ...accepted, input: { first_name: 'Ada' } };
  const state = { phase: 'STARTED', csp: azurePlanV1.csp, plan: azurePlanV1, stages: { [stage!.name]: request } };
  const told = (outcome: Outcome) =>
    waitingIn('portfolio-1', { ...parts, plans })!.protect!('portfolio-1', stage!.name, outcome, async () => state);

  it('is kept without the personal values of the request', async () => {
    const said = { ...failure, message: 'Ada is not allowed' } as never;
    const kept = { ...failure, message: '[personal] is not allowed' };
    expect(await told({ kind: 'failed', failure: said })).toEqual({ kind: 'failed', failure: kept });
  });

  it('is all that is looked at: a success is as it was, without a look at the state', async () => {
    const outcome = success({ id: 'x' });
    expect(await told(outcome)).toBe(outcome);
  });
});
