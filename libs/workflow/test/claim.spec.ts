import { describe, expect, it } from '@jest/globals';
import type { Outcome, Run } from '#kernel';
import { processDecider, step, workflow, WorkflowRegistry, type ProcessEvent, type ProcessState } from '../index.js';

const meta = { version: 1, description: 'test' } as const;
const registry = new WorkflowRegistry([
  workflow({ ...meta, key: 'modify', target: 'MODIFY' }, [step({ key: 'a' }), step({ key: 'b' })]),
  workflow({ ...meta, key: 'create', target: 'CREATE' }, [step({ key: 'a' })]),
  workflow({ ...meta, key: 'undoable', target: 'MODIFY' }, [
    step({ key: 'a', compensate: async () => undefined }),
    step({ key: 'b', compensate: async () => undefined }),
  ]),
  workflow({ ...meta, key: 'making', target: 'CREATE' }, [step({ key: 'a', compensate: async () => undefined })]),
  workflow({ ...meta, key: 'empty', target: 'MODIFY' }, []),
]);
const decider = processDecider(registry);
const claims = { subscriptionId: 's', usableWhen: ['active'], outOfSyncAllowed: false, blockedByUsers: false } as const;
const fold = (events: readonly ProcessEvent[], from: ProcessState = decider.initial()) =>
  events.reduce((state, event) => decider.evolve(state, event), from);
const begin = (name: string, more: object = { claims }) =>
  fold(
    decider.decide(
      { type: 'StartProcess', workflow: name, state: {}, createdBy: 'ann', time: 1, ...more },
      decider.initial(),
    ),
  );
const run = (state: ProcessState) => decider.next(state)[0] as Run;
const intended = (state: ProcessState, until = 10) =>
  fold([run(state).intent!({ owner: 'o', until, time: 1, tokenKey: 'k' }) as ProcessEvent], state);
const answer = (state: ProcessState, key: string, outcome: Outcome) =>
  fold(decider.decide({ type: 'Outcome', key, attempt: 1, outcome, time: 2, jitter: 0 }, state), state);
const done = (result: unknown = {}): Outcome => ({ kind: 'done', result });
const advanced = (state: ProcessState, result: unknown = {}) => answer(intended(state), run(state).key, done(result));
const keys = (state: ProcessState) => decider.next(state).map(({ key }) => key);
const abort = (state: ProcessState) => fold(decider.decide({ type: 'AbortProcess', time: 3 }, state), state);

describe('the claim of a process', () => {
  it('is owed first; no step is before it is answered; it is released at the end', () => {
    let state = begin('modify');
    expect(run(state)).toMatchObject({
      key: '$claim/1',
      effect: 'process.claim',
      input: { ...claims, workflow: 'modify', target: 'MODIFY', isTask: false },
    });
    state = advanced(state);
    expect(state.status).toBe('created');
    for (const key of ['a/1', 'b/1']) {
      expect(keys(state)).toEqual([key]);
      state = advanced(state);
    }
    expect(state.status).toBe('completed');
    expect(run(state)).toMatchObject({ key: '$release/1', input: { subscriptionIds: ['s'], created: false } });
    expect(decider.next(advanced(state))).toEqual([]);
  });

  it('comes before the end of a process without steps', () => {
    expect(begin('empty').status).toBe('created');
    expect(advanced(begin('empty')).status).toBe('completed');
  });

  it('ends the process in the same append when it is refused, and nothing is released', () => {
    const refused = { code: 'subscription_claimed', message: 'held', status: 409, details: { holder: 'p' } };
    const state = intended(begin('modify'));
    const events = decider.decide(
      { type: 'Outcome', key: '$claim/1', attempt: 1, outcome: done({ refused }), time: 2, jitter: 0 },
      state,
    );
    expect(events.map(({ type }) => type)).toEqual(['StepCompleted', 'ProcessRefused']);
    expect(fold(events, state)).toMatchObject({ status: 'refused', refusal: refused });
    expect(decider.next(fold(events, state))).toEqual([]);
  });

  it('that has left is answered after an abort, then released; one that has not is neither', () => {
    expect(decider.next(abort(begin('modify')))).toEqual([]);
    const aborted = abort(intended(begin('modify')));
    expect(keys(aborted)).toEqual(['$claim/1']);
    expect(keys(answer(aborted, '$claim/1', done()))).toEqual(['$release/1']);
    const refused = { code: 'subscription_claimed', message: 'held', status: 409, details: {} };
    expect(answer(aborted, '$claim/1', done({ refused })).status).toBe('aborted');
  });

  it('is not released while a step may still run', () => {
    const aborted = abort(intended(advanced(begin('modify')), 500));
    expect(run(aborted)).toMatchObject({ key: '$release/1', notBefore: 2_500 });
    expect(run(answer(aborted, 'a/1', done()))).toMatchObject({ key: '$release/1', notBefore: 0 });
    const lost = answer(aborted, 'a/1', { kind: 'failed', failure: { kind: 'unknown', code: 'x', message: 'x' } });
    expect(run(lost)).toMatchObject({ key: '$release/1', notBefore: 0 });
    expect((lost as { requests?: unknown[] }).requests?.[0]).toMatchObject({ status: 'failed' });
  });

  it('of a process that creates is what it created, also where only the late answer told it', () => {
    expect(run(advanced(begin('create', {}), { subscription_id: 'new' }))).toMatchObject({
      key: '$release/1',
      input: { subscriptionIds: ['new'], created: true },
    });
    const late = answer(abort(intended(begin('create', {}))), 'a/1', done({ subscription_id: 'new' }));
    expect(run(late).input).toEqual({ subscriptionIds: ['new'], created: true });
  });

  it("is the root's: a sub-workflow claims nothing, and releases what it created in the root's name", () => {
    const parent = { stream: 'process-root', key: 'child/1', rootProcessId: 'root' };
    expect(keys(begin('create', { parent }))).toEqual(['a/1']);
    const created = advanced(begin('create', { parent }), { subscription_id: 'new' });
    expect(run(created)).toMatchObject({
      key: '$release/1',
      input: { subscriptionIds: ['new'], created: true, holder: 'root' },
    });
    expect(keys(advanced(created))).toEqual(['$tell/1']);
    const modifying = begin('modify', { parent });
    expect(keys(abort(modifying))).toEqual(['$tell/1']);
  });

  describe('of what is undone after it was let go', () => {
    const undo = (state: ProcessState, more: object = {}) =>
      fold(decider.decide({ type: 'CompensateProcess', reason: 'r', time: 4, ...more }, state), state);
    /** Step a is done; b comes late, after the abort. */
    const late = () => answer(abort(intended(advanced(advanced(begin('undoable'))))), 'b/1', done());

    it('is owed once more before anything is undone, and released behind it', () => {
      let state = undo(advanced(late()), { step: 'b' });
      expect(run(state)).toMatchObject({
        key: '$reclaim/2/1',
        effect: 'process.reclaim',
        input: { subscriptionIds: ['s'], created: false, turn: 2, workflow: 'undoable', target: 'MODIFY' },
      });
      state = advanced(state);
      expect(keys(state)).toEqual(['$undo/b/1']);
      state = advanced(state);
      expect(run(state)).toMatchObject({ key: '$release/2/1', input: { subscriptionIds: ['s'], turn: 2 } });
      state = advanced(state);
      expect(keys(state)).toEqual([]);
      expect(keys(undo(state, { step: 'a' }))).toEqual(['$reclaim/3/1']);
    });

    it('is not taken while it is still held, and not before a release that has left is answered', () => {
      expect(keys(undo(late()))).toEqual(['$undo/b/1']);
      const leaving = undo(intended(late()));
      expect(keys(leaving)).toEqual(['$release/1']);
      expect(keys(answer(leaving, '$release/1', done()))).toEqual(['$reclaim/2/1']);
    });

    it('is not let go because something else is to be undone meanwhile', () => {
      const state = intended(advanced(undo(advanced(late()), { step: 'b' })));
      expect(keys(undo(state, { step: 'b' }))).toEqual(keys(state));
      expect(() => undo(state, { step: 'a' })).toThrow(expect.objectContaining({ code: 'invalid_process_status' }));
      expect(keys(answer(state, '$undo/b/1', done()))).toEqual(['$release/2/1']);
    });

    it('comes first also for what the process created, and nothing is undone without it', () => {
      const made = answer(abort(intended(begin('making', {}))), 'a/1', done({ subscription_id: 'new' }));
      const state = intended(undo(advanced(made)));
      expect(run(state)).toMatchObject({ key: '$reclaim/2/1', input: { subscriptionIds: ['new'], created: true } });
      const failure = { kind: 'refused', code: 'odd', message: 'odd' } as const;
      const failed = answer(state, '$reclaim/2/1', { kind: 'failed', failure });
      expect(keys(failed)).toEqual([]);
      const resumed = fold(decider.decide({ type: 'ResumeProcess', time: 5 }, failed), failed);
      expect(keys(resumed)).toEqual(['$reclaim/2/2']);
    });
  });

  it('is shown as failed when it cannot be asked at all, and can be resumed', () => {
    const state = intended(begin('modify'));
    const failure = { kind: 'refused', code: 'odd', message: 'odd' } as const;
    const failed = answer(state, '$claim/1', { kind: 'failed', failure });
    expect(failed.status).toBe('failed');
    expect(keys(fold(decider.decide({ type: 'ResumeProcess', time: 3 }, failed), failed))).toEqual(['$claim/2']);
  });
});
