import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import {
  callbackStep,
  conditional,
  focus,
  forEach,
  inputStep,
  parallel,
  sleep,
  step,
  stepGroup,
  subWorkflow,
  workflow,
} from '../index.js';
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

describe('a conditional', () => {
  const when = ({ x }: { x: number }) => x > 0;
  const flow = workflow({ ...meta, key: 'w', input: { x: n } }, [
    conditional({
      key: 'if',
      reads: { x: n },
      when,
      steps: [
        step({ key: 'a', adds: { x: n } }),
        inputStep({ key: 'ask', pages: [], adds: {} }),
        sleep({ key: 'nap', ms: 5 }),
      ],
    }),
    step({ key: 'end' }),
  ]);

  it('skips each of its steps when it does not hold', () => {
    const driven = new Driven(flow).begin('w', { x: 0 });
    expect(driven.types).toEqual(['ProcessStarted', 'StepSkipped', 'StepSkipped', 'StepSkipped']);
    expect(driven.keys).toEqual(['end/1']);
    expect(driven.done().started.status).toBe('completed');
  });

  it('is asked again before each step: one may turn it for those behind it', () => {
    const driven = new Driven(flow).begin('w', { x: 1 }).done('if/a/1', { x: -1 });
    expect(driven.types.slice(-3)).toEqual(['StepCompleted', 'StepSkipped', 'StepSkipped']);
    expect(driven.keys).toEqual(['end/1']);
  });

  it('is asked again when a retry begins another request', () => {
    const driven = new Driven(flow).begin('w', { x: 1 }).failed('if/a/1');
    driven.send({ type: 'SetValue', path: '/x', value: -1, reason: 'not any more', time: 2 }).resume();
    expect(driven.types.slice(-4)).toEqual(['StepResumed', 'StepSkipped', 'StepSkipped', 'StepSkipped']);
    expect(driven.keys).toEqual(['end/1']);
  });

  it('that throws fails its step; a resume asks it again', () => {
    let broken = true;
    const odd = conditional({
      key: 'if',
      when: () => {
        if (broken) throw new Error('odd');
        return true;
      },
      steps: [step({ key: 'a' })],
    });
    const driven = new Driven(workflow({ ...meta, key: 'w' }, [odd])).begin('w');
    expect(driven.events.at(-1)).toMatchObject({ type: 'StepFailed', data: { failure: { code: 'condition_failed' } } });
    expect([driven.started.status, driven.owed]).toEqual(['failed', []]);
    broken = false;
    expect(driven.resume().keys).toEqual(['if/a/2']);
    expect(driven.done().started.status).toBe('completed');
  });
});

describe('a step group', () => {
  it('goes on at the sub-step that failed', () => {
    const flow = workflow({ ...meta, key: 'w' }, [stepGroup('g', [step({ key: 'a' }), step({ key: 'b' })])]);
    const driven = new Driven(flow).begin('w').done('g/a/1').failed('g/b/1');
    expect(driven.resume().keys).toEqual(['g/b/2']);
    expect(driven.done().started.status).toBe('completed');
  });
});

describe('a focus', () => {
  it('shows its steps the dictionary, and adds to it, also inside a for-each', () => {
    const inner = step({ key: 'a', reads: { name: text }, adds: { id: n } });
    const flow = workflow({ ...meta, key: 'w', input: { group: Type.Object({ name: text }), list: Type.Array(n) } }, [
      focus('group', [inner]),
      forEach('fan', 'list', [focus('group', [step({ key: 'b', adds: { v: n } })])]),
    ]);
    const driven = new Driven(flow).begin('w', { group: { name: 'g' }, list: [1] });
    expect(driven.run().input).toMatchObject({ step: '@group/a', state: { name: 'g' } });
    driven.done('@group/a/1', { id: 3 });
    expect(driven.started.data['group']).toEqual({ name: 'g', id: 3 });
    driven.done('fan/0/@group/b/1', { v: 4 });
    expect(driven.started.data['fan']).toEqual([{ group: { v: 4 } }]);
    expect(driven.started.status).toBe('completed');
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

describe('parallel with join first', () => {
  const race = workflow({ ...meta, key: 'w' }, [
    parallel(
      'race',
      {
        fast: [step({ key: 'a', adds: { x: n } })],
        slow: [step({ key: 'b', adds: { x: n } }), step({ key: 'c' })],
        asks: [inputStep({ key: 'ask', pages: [], adds: {} })],
      },
      { join: 'first' },
    ),
    step({ key: 'end' }),
  ]);
  const won = () => {
    const driven = new Driven(race).begin('w');
    expect(driven.keys).toEqual(['race/fast/a/1', 'race/slow/b/1', 'race/asks/ask/1']);
    const slow = driven.intend('race/slow/b/1');
    return { driven: driven.done('race/fast/a/1', { x: 1 }), slow };
  };

  it('goes on with the first that is done; the others begin nothing more', () => {
    const { driven } = won();
    expect(driven.events.at(-1)).toEqual({
      type: 'BranchesLeft',
      data: { step: 'race', won: 'fast', left: ['race/slow/', 'race/asks/'], time: 1 },
    });
    expect(driven.keys).toEqual(['end/1']);
    expect(() => driven.resume()).toThrow(expect.objectContaining({ code: 'invalid_process_status' }));
  });

  it('records what a left branch still brings, without its values, retries or failures', () => {
    const { driven, slow } = won();
    driven.answer(slow, { kind: 'done', result: { x: 2 } });
    expect(driven.started.data['x']).toBe(1);
    expect(driven.keys).toEqual(['end/1']);
    const other = won();
    other.driven.answer(other.slow, { kind: 'failed', failure: { kind: 'retryable', code: 'x', message: 'x' } });
    expect(other.driven.events.at(-1)?.type).toBe('StepFailed');
    expect(other.driven.started.status).toBe('running');
    expect(other.driven.done('end/1').started.status).toBe('completed');
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

describe('a sub-workflow', () => {
  const flow = workflow({ ...meta, key: 'w' }, [
    subWorkflow({
      key: 'child',
      workflow: 'c',
      input: () => ({}),
      adds: { x: n },
      result: ({ state }) => ({ x: state['x'] as number }),
    }),
  ]);
  const begun = () => {
    const driven = new Driven(flow).begin('w');
    return driven.answer(driven.intend(), { kind: 'accepted', location: 'process-c' });
  };

  it('goes on with what its child tells', () => {
    const driven = begun().callback('child/1', { kind: 'done', result: { processId: 'c', state: { x: 3 } } });
    expect(driven.started).toMatchObject({ status: 'completed', data: { x: 3 } });
  });

  it('aborts its child when it is aborted, and begins another one when that failed it', () => {
    const aborted = begun().send({ type: 'AbortProcess', time: 1 });
    expect(aborted.run()).toMatchObject({
      key: '$abort/child/1',
      effect: 'process.abort-child',
      input: { key: 'child/1' },
    });
    expect(aborted.done('$abort/child/1').owed).toEqual([]);
    const failed = begun().callback('child/1', {
      kind: 'failed',
      failure: { kind: 'refused', code: 'x', message: 'x' },
    });
    expect(failed.resume().keys).toEqual(['child/2']);
  });

  it('is aborted when another branch was first', () => {
    const race = workflow({ ...meta, key: 'w' }, [
      parallel(
        'race',
        { a: [step({ key: 'a' })], c: [subWorkflow({ key: 'c', workflow: 'c', input: () => ({}) })] },
        { join: 'first' },
      ),
      step({ key: 'end' }),
    ]);
    const driven = new Driven(race).begin('w');
    driven.answer(driven.intend('race/c/c/1'), { kind: 'accepted', location: 'process-c' }).done('race/a/a/1');
    expect(driven.keys).toEqual(['end/1', '$abort/race/c/c/1']);
    expect(driven.done('$abort/race/c/c/1').keys).toEqual(['end/1']);
  });

  it('is not skipped while its child goes on, but when that has failed it', () => {
    const skip = { type: 'SkipStep', step: 'child', reason: 'r', result: { x: 1 }, time: 1 } as const;
    expect(() => begun().send(skip)).toThrow(expect.objectContaining({ code: 'step_not_skippable', status: 409 }));
    const failed = begun().callback('child/1', {
      kind: 'failed',
      failure: { kind: 'refused', code: 'x', message: 'x' },
    });
    expect(failed.send(skip).started.status).toBe('completed');
  });

  it('tells its parent its end', () => {
    const parent = { stream: 'process-p', key: 'child/1', rootProcessId: 'p' };
    const child = workflow({ ...meta, key: 'c' }, [step({ key: 'a', adds: { x: n } })]);
    const completed = new Driven(child).begin('c', {}, { parent }).done('a/1', { x: 3 });
    expect(completed.run()).toMatchObject({
      key: '$tell/1',
      input: { parent: { stream: 'process-p', key: 'child/1' }, end: { kind: 'completed', data: { x: 3 } } },
    });
    expect(completed.done().owed).toEqual([]);
    const aborted = new Driven(child).begin('c', {}, { parent }).send({ type: 'AbortProcess', reason: 'no', time: 1 });
    expect(aborted.run().input).toMatchObject({ end: { kind: 'aborted', message: 'no' } });
  });
});
