import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { callbackStep, inputStep, sleep, step, workflow } from '../index.js';
import { Driven, meta } from './driving.js';

const n = Type.Number();
const text = Type.String();

describe('an input step', () => {
  const asking = workflow({ ...meta, key: 'w', input: { who: Type.Object({ name: text, tags: Type.Array(text) }) } }, [
    step({ key: 'a' }),
    inputStep({
      key: 'ask',
      pages: [],
      adds: { who: Type.Object({ age: n, tags: Type.Array(text) }) },
      assignee: 'NOC',
    }),
    step({ key: 'b', reads: { who: Type.Object({ age: n }) } }),
  ]);
  const asked = () => new Driven(asking).begin('w', { who: { name: 'x', tags: ['a', 'b'] } }).done();

  it('suspends in the append that reaches it, and waits for a person without an end', () => {
    const driven = asked();
    expect(driven.types.slice(-2)).toEqual(['StepCompleted', 'StepSuspended']);
    expect(driven.started.status).toBe('suspended');
    expect(driven.owed).toEqual([{ kind: 'wait', key: 'ask/1' }]);
  });

  it('takes an input that fits, merges it deeply, and goes on', () => {
    const driven = asked().resume({ input: { who: { age: 7, tags: ['c'] } }, by: 'eve' });
    expect(driven.events.at(-1)).toMatchObject({ type: 'InputGiven', data: { step: 'ask', by: 'eve' } });
    expect(driven.started.data['who']).toEqual({ name: 'x', tags: ['c'], age: 7 });
    expect(driven.keys).toEqual(['b/1']);
  });

  it('is untouched by an input that does not fit, or by none', () => {
    const driven = asked();
    const before = driven.events.length;
    for (const input of [undefined, { who: { age: 'old', tags: [] } }])
      expect(() => driven.resume({ input })).toThrow(
        expect.objectContaining({ code: 'validation_failed', status: 400, errors: expect.any(Array) }),
      );
    expect(driven.events).toHaveLength(before);
  });

  it('is the only one that takes input', () => {
    const driven = new Driven(asking).begin('w', { who: { name: 'x', tags: [] } }).failed();
    expect(() => driven.resume({ input: { x: 1 } })).toThrow(expect.objectContaining({ code: 'validation_failed' }));
    expect(driven.resume({ input: {} }).keys).toEqual(['a/2']);
  });
});

describe('a sleep', () => {
  const flow = workflow({ ...meta, key: 'w' }, [sleep({ key: 'nap', ms: 1_000 }), step({ key: 'a' })]);

  it('ends at its time, not earlier, and once', () => {
    const driven = new Driven(flow).begin('w');
    expect(driven.started.status).toBe('waiting');
    expect(driven.owed).toEqual([{ kind: 'wait', key: 'nap/1', until: 1_001 }]);
    driven.time = 1_000;
    expect(driven.due('nap/1').keys).toEqual(['nap/1']);
    driven.time = 1_001;
    expect(
      driven
        .due('nap/1')
        .due('nap/1')
        .types.filter((type) => type === 'StepWoken'),
    ).toHaveLength(1);
    expect(driven.keys).toEqual(['a/1']);
  });

  it('ends early when an operator resumes', () => {
    expect(new Driven(flow).begin('w').resume({ by: 'eve' }).events.at(-1)).toMatchObject({
      type: 'StepWoken',
      data: { by: 'eve' },
    });
  });
});

describe('a callback step', () => {
  const flow = workflow({ ...meta, key: 'w' }, [
    callbackStep({
      key: 'cb',
      action: () => undefined,
      deadlineMs: 1_000,
      resultKey: 'told',
      validate: { reads: { told: Type.Unknown() }, adds: { ok: Type.Boolean() }, handler: () => ({ ok: true }) },
    }),
    step({ key: 'end', reads: { ok: Type.Boolean(), told: Type.Unknown() } }),
  ]);
  const waiting = () => {
    const driven = new Driven(flow).begin('w');
    return driven.answer(driven.intend(), { kind: 'accepted' });
  };

  it('waits with a deadline, keeps progress until the answer, validates and cleans up', () => {
    const driven = waiting();
    expect(driven.started.status).toBe('awaiting_callback');
    expect(driven.owed).toMatchObject([{ kind: 'wait', key: 'cb/action/1', until: 1_001 }]);
    const half = { kind: 'pending', progress: { percent: 50 } } as const;
    driven.callback('cb/action/1', half).callback('cb/action/1', half);
    expect(driven.types.filter((type) => type === 'StepProgressed')).toHaveLength(1);
    expect(driven.started.rare?.progress).toEqual({ 'cb/action': { percent: 50 } });
    driven.callback('cb/action/1', { kind: 'done', result: { id: 5 } });
    expect(driven.started.rare?.progress).toEqual({});
    expect(driven.started.data['told']).toEqual({ id: 5 });
    expect(driven.done('cb/validate/1', { ok: true }).done('cb/clean_up/1').keys).toEqual(['end/1']);
  });

  it('times out in the words of its users; the next wait has a key, hence a token, of its own', () => {
    const driven = waiting();
    driven.time = 1_001;
    driven.due('cb/action/1');
    expect(driven.events.at(-1)).toMatchObject({
      type: 'StepFailed',
      data: { failure: { code: 'callback_timed_out', message: 'Callback timed out' } },
    });
    expect(driven.resume().keys).toEqual(['cb/action/2']);
    expect(driven.run().tokenKey).toBeUndefined();
    const before = driven.events.length;
    driven.callback('cb/action/1', { kind: 'done', result: 'late' });
    expect(driven.events).toHaveLength(before);
  });

  it('asks the other side again when its answer was found wanting', () => {
    const driven = waiting().callback('cb/action/1', { kind: 'done', result: {} }).failed('cb/validate/1');
    expect(driven.resume().keys).toEqual(['cb/action/2']);
    driven.answer(driven.intend(), { kind: 'accepted' });
    driven.callback('cb/action/2', { kind: 'done', result: {} });
    expect(driven.keys).toEqual(['cb/validate/2']);
  });
});
