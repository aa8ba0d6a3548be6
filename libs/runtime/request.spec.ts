import { describe, expect, it } from '@jest/globals';
import type { Run } from '#kernel';
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
