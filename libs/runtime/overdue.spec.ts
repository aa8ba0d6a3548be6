import { describe, expect, it } from '@jest/globals';
import type { Driving, Outcome } from '#kernel';
import {
  callbackVerdict,
  readCallback,
  Requests,
  type OverduePolicy,
  type Request,
  type RequestPolicy,
} from './index.js';

const requests = new Requests({
  started: 'Started',
  accepted: 'Accepted',
  retryScheduled: 'RetryScheduled',
  completed: 'Completed',
  failed: 'Failed',
  handedBack: 'HandedBack',
  overdue: 'Overdue',
});
const policy = (overdue?: OverduePolicy): RequestPolicy => ({
  retry: { initialMs: 10, coefficient: 2, capMs: 100, jitter: 0, limit: 3 },
  completion: { kind: 'callback', deadlineMs: 1_000, pollMs: 50 },
  unknown: 'repeat',
  overdue,
});
const common = {
  step: 'a',
  generation: 1,
  attempt: 1,
  failures: 0,
  input: {},
  tokenKey: 'k',
  deadline: 1_000,
  startedAt: 0,
};
const waiting: Request = { ...common, status: 'accepted', location: '/op', pollAt: undefined, closesAt: 1_000 };
const due: Driving = { type: 'Due', key: 'a/1', time: 1_000, jitter: 0 };
const told = (outcome: Outcome, more: object = {}): Driving => ({
  type: 'Outcome',
  key: 'a/1',
  attempt: 1,
  outcome,
  time: 1_100,
  jitter: 0,
  ...more,
});
const play = (with_: RequestPolicy, ...commands: readonly Driving[]): [Request, readonly string[]] => {
  let request: Request = waiting;
  const types: string[] = [];
  for (const command of commands)
    for (const event of requests.decide(command, request, with_, () => undefined)) {
      types.push(event.type);
      request = requests.evolve(request, event)!;
    }
  return [request, types];
};
const pending: Outcome = { kind: 'pending' };
const failure = (kind: 'refused' | 'unknown'): Outcome => ({
  kind: 'failed',
  failure: { kind, code: 'gone', message: 'gone' },
});

describe('a deadline that passes', () => {
  it.each([
    [undefined, ['Failed'], 'failed'],
    ['fail', ['Failed'], 'failed'],
    ['retry', ['RetryScheduled'], 'retrying'],
    ['alert', ['Overdue'], 'overdue'],
    ['extend', ['Accepted'], 'accepted'],
  ] as const)('%s: is %j', (then, types, status) => {
    const [request, seen] = play(policy(then && { probe: false, then }), due);
    expect([seen, request.status]).toEqual([types, status]);
  });

  it('is asked about first, where the policy says so; the location is kept', () => {
    const [request, types] = play(policy({ probe: true, then: 'fail' }), due);
    expect(types).toEqual(['Overdue']);
    const spec = { step: 'a', effect: 'work', pollEffect: 'ask', policy: policy(), freshInput: () => ({}) };
    expect(requests.next(spec, request)).toEqual([
      expect.objectContaining({ kind: 'run', effect: 'ask', key: 'a/1', input: { location: '/op' }, notBefore: 1_000 }),
    ]);
  });

  it.each<[string, Outcome, Request['status']]>([
    ['a result', { kind: 'done', result: 1 }, 'done'],
    ['a refusal', failure('refused'), 'failed'],
    ['nothing new', pending, 'retrying'],
    ['no answer', failure('unknown'), 'retrying'],
  ])('%s of the probe ends it or leaves it to the policy', (_name, outcome, status) => {
    expect(play(policy({ probe: true, then: 'retry' }), due, told(outcome))[0].status).toBe(status);
  });

  it('that people were told of is still answered by the callback, and resumed under the same key', () => {
    const alert = policy({ probe: false, then: 'alert' });
    const answer = told({ kind: 'done', result: 1 }, { via: 'callback', attempt: 0 });
    expect(play(alert, due, answer)[0].status).toBe('done');
    const [overdue] = play(alert, due);
    if (overdue.status !== 'overdue') throw new Error(overdue.status);
    expect(requests.resume(overdue, false)).toMatchObject({ status: 'resumed', generation: 1, attempt: 1 });
  });

  it('extended, waits as long again', () => {
    const [request] = play(policy({ probe: false, then: 'extend' }), due);
    expect(request).toMatchObject({ status: 'accepted', closesAt: 2_000, location: '/op', pollAt: 1_050 });
  });
});

describe('a failure told twice while it waits for its retry', () => {
  it('counts once', () => {
    const again = failure('unknown');
    const [request, types] = play(policy(), told(again, { via: 'callback' }), told(again, { via: 'callback' }));
    expect([types, request.failures]).toEqual([['RetryScheduled'], 1]);
    expect(callbackVerdict(request, 'a/1', again)).toBe('duplicate');
  });
});

describe('a callback body', () => {
  it.each([
    [{}, ['/status']],
    [{ status: 'finished' }, ['/status']],
    [{ status: 'failed', error: { code: 1, retryable: 'yes' } }, ['/error/code', '/error/retryable']],
    [[], ['']],
    ['text', ['']],
  ])('%j is malformed at %j', (body, pointers) => {
    const read = readCallback(body);
    expect('faults' in read && [...new Set(read.faults.map((fault) => fault.pointer))].sort()).toEqual(pointers);
  });

  it('means an outcome', () => {
    expect(readCallback({ status: 'done' })).toEqual({ kind: 'done', result: {} });
    expect(readCallback({ status: 'progress', progress: 40 })).toEqual({ kind: 'pending', progress: 40 });
    expect(readCallback({ status: 'failed', error: { code: 'x', retryable: true } })).toMatchObject({
      failure: { kind: 'retryable', code: 'x' },
    });
    expect(readCallback({ status: 'failed' })).toMatchObject({ failure: { kind: 'refused', code: 'failed' } });
  });
});
