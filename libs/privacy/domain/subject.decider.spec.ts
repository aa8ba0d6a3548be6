import { expect, it } from '@jest/globals';
import type { Driving } from '#kernel';
import type { SubjectEvent } from '../published/index.js';
import { subjectDecider, type ForgetSubject, type SubjectState } from './subject.decider.js';

const ask: ForgetSubject = { type: 'ForgetSubject', subject: 'portfolio-1', reason: 'asked for it', time: 1 };
const done: Driving = {
  type: 'Outcome',
  key: 'forget/1',
  attempt: 1,
  outcome: { kind: 'done', result: {} },
  time: 2,
  jitter: 0,
};
const { decide, evolve, initial, next } = subjectDecider;
const fold = (events: readonly SubjectEvent[], from: SubjectState = initial()) => events.reduce(evolve, from);

it('is forgotten once, whoever asks again, and owes the deletion until it is done', () => {
  expect(next(initial())).toEqual([]);
  const asked = fold(decide(ask, initial()));
  expect(next(asked)).toMatchObject([{ key: 'forget/1', input: { subject: 'portfolio-1' } }]);
  expect(decide(ask, asked)).toEqual([]);
  const failed = {
    ...done,
    outcome: { kind: 'failed', failure: { kind: 'unknown', code: 'c', message: 'm' } },
  } as const;
  expect(decide(failed, asked)).toEqual([]);
  expect(decide({ ...done, key: 'other/1' }, asked)).toEqual([]);
  const gone = fold(decide(done, asked), asked);
  expect(gone).toEqual({ status: 'forgotten', subject: 'portfolio-1', at: 2 });
  expect([next(gone), decide(ask, gone), decide(done, gone)]).toEqual([[], [], []]);
});
