import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { conditional, focus, forEach, inputStep, parallel, sleep, step, stepGroup, workflow } from '../index.js';
import { Driven, meta } from './driving.js';

const n = Type.Number();
const text = Type.String();

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
