import { describe, expect, it } from '@jest/globals';
import { acceptable, type OperationState } from '../index.js';
import {
  accepted,
  after,
  create,
  decider,
  deprovision,
  fail,
  fold,
  gone,
  made,
  manifest,
  one,
  play,
  provisioned,
  refused,
  step,
  types,
  type Told,
} from './fixture.js';

const legalAnswers = (state: OperationState) => (state.status === 'ABSENT' ? [] : acceptable(state));

describe('callbacks', () => {
  const waiting: Told[] = [one, 'intend', ['a/provision', accepted]];
  it.each<[string, Told[], Told, string]>([
    ['the same again', [...waiting, ['a/provision', made, 'callback']], ['a/provision', made, 'callback'], 'duplicate'],
    [
      'another answer',
      [...waiting, ['a/provision', made, 'callback']],
      ['a/provision', refused, 'callback'],
      'conflict',
    ],
    ['how far it is', waiting, ['a/provision', { kind: 'pending', progress: 5 }, 'callback'], 'progress'],
    ['how far it is, early', [one, 'intend'], ['a/provision', { kind: 'pending' }, 'callback'], 'progress'],
    ['after it was given up', [...waiting, fail], ['a/provision', made, 'callback'], 'late'],
  ])('%s: is recorded and changes nothing', (_name, told, callback, verdict) => {
    const state = after(...told);
    const events = step(state, callback);
    expect(events).toMatchObject([{ type: 'AnswerReceived', data: { verdict } }]);
    const { answers: _a, notedAfterEnd: _n, ...rest } = fold(events, state) as typeof state;
    const { answers: _b, notedAfterEnd: _m, ...before } = state;
    expect(rest).toEqual(before);
  });

  it('are accepted before our own request has returned, and it ends well', () => {
    const state = after(one, 'intend', ['a/provision', made, 'callback'], ['a/provision', accepted]);
    expect(state.status).toBe('PROVISIONED');
  });

  it('a failed deprovisioning is never deprovisioned', () => {
    const told: Told[] = [...provisioned, deprovision, 'intend', ['a/deprovision', accepted]];
    expect(after(...told, ['a/deprovision', refused, 'callback']).status).toBe('DEPROVISIONING_FAILED');
  });

  it('at most 20 are recorded after the end', () => {
    const many = Array.from({ length: 30 }, (): Told => ['a/provision', refused, 'callback']);
    const recorded = types(play(...provisioned, ...many)).filter((type) => type === 'AnswerReceived');
    expect(recorded).toHaveLength(20);
  });

  it('a late answer can be accepted: the need is met, or what turned up is taken back', () => {
    const accept = (answerId: string): Told => ({ type: 'AcceptLateAnswer', answerId, reason: 'seen', time: 9 });
    const keep = create(manifest('a', { onFailure: 'leave' }));
    const due: Told = { type: 'Due', key: 'a/provision/1', time: 20_000, jitter: 0 };
    const play1: Told[] = [keep, 'intend', ['a/provision', accepted], due, ['a/provision', made, 'callback']];
    const events = play(...play1);
    const [id] = legalAnswers(fold(events));
    expect(fold([...events, ...step(fold(events), accept(id!))]).status).toBe('PROVISIONED');

    const gaveUp: Told[] = [one, 'intend', ['a/provision', accepted], due, 'intend', ['a/deprovision', gone]];
    const end = play(...gaveUp, ['a/provision', made, 'callback']);
    const state = fold(end);
    expect(state.status).toBe('DEPROVISIONED');
    const [late] = legalAnswers(state);
    const again = fold([...end, ...step(state, accept(late!))]);
    expect(again.status).toBe('DEPROVISIONING');
    expect(decider.next(again)).toMatchObject([{ key: 'a/deprovision/2', input: { resource: { id: 'r1' } } }]);
  });
});
