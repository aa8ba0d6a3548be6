import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { parallel, step, subWorkflow, workflow, WorkflowRegistry } from '../index.js';
import { stillAborting } from '../domain/duties.js';
import { Driven, meta } from './driving.js';

const n = Type.Number();

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

  it('still aborts as long as its own child is not aborted, begun or not', () => {
    const { compiled } = new WorkflowRegistry([flow]).carrying(begun().started);
    const aborted = begun().send({ type: 'AbortProcess', time: 1 });
    expect(stillAborting(compiled, aborted.started)).toBe(true);
    aborted.intend('$abort/child/1');
    expect(stillAborting(compiled, aborted.started)).toBe(true);
    aborted.answer({ key: '$abort/child/1', attempt: 1 }, { kind: 'done', result: {} });
    expect(stillAborting(compiled, aborted.started)).toBe(false);
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
