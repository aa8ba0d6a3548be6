import { describe, expect, it } from '@jest/globals';
import type { Driving, Run } from '#kernel';
import { Requests, type Request } from './index.js';
import { AT_ONCE } from './test/harness.js';

const names = {
  started: 'Started',
  accepted: 'Accepted',
  retryScheduled: 'RetryScheduled',
  completed: 'Completed',
  failed: 'Failed',
  handedBack: 'HandedBack',
};
const requests = new Requests(names);
const spec = { step: 'a', effect: 'work', policy: AT_ONCE, freshInput: () => ({ fresh: true }) };

const failedAs = (kind: 'refused' | 'unknown') =>
  ({
    status: 'failed',
    step: 'a',
    generation: 1,
    attempt: 3,
    failures: 3,
    input: { old: true },
    tokenKey: 'old',
    deadline: 5_000,
    startedAt: 0,
    endedAt: 9_000,
    failure: { kind, code: 'nope', message: 'no' },
  }) satisfies Request;

const next = (request: Request) => requests.next(spec, request)[0] as Run;

describe('a request that an operator resumes', () => {
  it('keeps key, input, token key and deadline after an unknown failure', () => {
    const run = next(requests.resume(failedAs('unknown'), false));
    expect(run).toMatchObject({ key: 'a/1', attempt: 4, input: { old: true }, tokenKey: 'old', deadline: 5_000 });
  });

  it('begins a generation after a refusal, or with changed input, that freezes everything anew', () => {
    for (const resumed of [requests.resume(failedAs('refused'), false), requests.resume(failedAs('unknown'), true)]) {
      const run = next(resumed);
      expect(run).toMatchObject({ key: 'a/2', attempt: 1, input: { fresh: true } });
      expect([run.tokenKey, run.deadline]).toEqual([undefined, undefined]);
    }
  });
});

describe('law 4: a failure of a superseded attempt changes nothing', () => {
  const waiting = {
    status: 'accepted',
    step: 'a',
    generation: 1,
    attempt: 2,
    failures: 1,
    input: {},
    tokenKey: 'old',
    deadline: undefined,
    startedAt: 0,
    location: undefined,
    pollAt: undefined,
    closesAt: 9_000,
  } satisfies Request;
  const asked = {
    ...failedAs('unknown'),
    status: 'overdue',
    doing: 'probe',
    location: undefined,
    since: 9_000,
  } as const;
  const failure = { kind: 'refused', code: 'nope', message: 'no' } as const;
  const said = (attempt: number, more: object = {}) =>
    ({
      type: 'Outcome',
      key: 'a/1',
      attempt,
      outcome: { kind: 'failed', failure },
      time: 5,
      jitter: 0,
      ...more,
    }) as const;
  const decide = (command: Driving, request: Request) => requests.decide(command, request, AT_ONCE, () => undefined);

  it('when a later one was accepted, or is being asked about', () => {
    expect(decide(said(1), waiting)).toEqual([]);
    expect(decide(said(2), asked)).toEqual([]);
  });

  it('whereas one of the attempt that counts, and one that the other side calls back with, end it', () => {
    expect(decide(said(2), waiting)).toMatchObject([{ type: 'Failed' }]);
    expect(decide(said(3), asked)).toMatchObject([{ type: 'Failed' }]);
    expect(decide(said(0, { via: 'callback' }), waiting)).toMatchObject([{ type: 'Failed' }]);
  });
});

it('waits for a person where it was to be asked about and nobody here can ask (law 5)', () => {
  const overdue = (doing: 'probe' | 'wait') =>
    ({ ...failedAs('unknown'), status: 'overdue', doing, location: undefined, since: 9_000 }) as const;
  const person = [{ kind: 'wait', key: 'a/1/operator' }];
  expect(requests.next(spec, overdue('wait'))).toEqual(person);
  expect(requests.next(spec, overdue('probe'))).toEqual(person);
  expect(requests.next({ ...spec, pollEffect: 'ask' }, overdue('probe'))).toMatchObject([
    { kind: 'run', effect: 'ask' },
  ]);
});
