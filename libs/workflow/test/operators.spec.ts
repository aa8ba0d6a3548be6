import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { leftOver, parallel, step, workflow, WorkflowRegistry } from '../index.js';
import { Driven, meta } from './driving.js';

const n = Type.Number();
const undo = () => undefined;
const flow = workflow({ ...meta, key: 'w', input: { x: n } }, [
  step({ key: 'a', reads: { x: n }, adds: { a: n }, compensate: undo }),
  step({ key: 'b', reads: { a: n }, adds: { b: n }, compensate: undo }),
  step({ key: 'c', reads: { b: n } }),
]);
const compiled = new WorkflowRegistry([flow]).latest('w')!;
const begun = (definition = flow) => new Driven(definition).begin('w', { x: 1 });
const at = (driven: Driven) => ({ time: driven.time, by: 'eve' });
const abort = (driven: Driven) => driven.send({ type: 'AbortProcess', reason: 'no', ...at(driven) });
const refusal = (code: string, status = 409) => expect.objectContaining({ code, status });
const unknown = { kind: 'unknown', code: 'lost', message: 'lost' };

describe('skip', () => {
  const skip = (driven: Driven, result?: object) =>
    driven.send({
      type: 'SkipStep',
      step: 'a',
      reason: 'by hand',
      ...(result && { result: { ...result } }),
      ...at(driven),
    });

  it('passes over a failed step with what it would have added, recorded with reason and actor', () => {
    const driven = skip(begun().failed(), { a: 5 });
    expect(driven.events.at(-1)).toEqual({
      type: 'StepSkipped',
      data: { step: 'a', because: 'operator', reason: 'by hand', result: { a: 5 }, by: 'eve', time: 1 },
    });
    expect(driven.run('b/1').input).toMatchObject({ state: { a: 5 } });
    expect(skip(driven, { a: 6 }).started.data['a']).toBe(5);
  });

  it('is refused with a result that does not fit, and where nothing failed', () => {
    expect(() => skip(begun().failed())).toThrow(
      expect.objectContaining({ code: 'validation_failed', errors: [expect.objectContaining({ pointer: '/result' })] }),
    );
    expect(() => skip(begun(), { a: 1 })).toThrow(refusal('step_not_skippable'));
    expect(() => skip(abort(begun().failed()), { a: 1 })).toThrow(refusal('invalid_process_status'));
  });

  it('of the last step ends the process', () => {
    const driven = begun().done('a/1', { a: 1 }).done('b/1', { b: 1 }).failed('c/1');
    driven.send({ type: 'SkipStep', step: 'c', reason: 'no', ...at(driven) });
    expect(driven.started.status).toBe('completed');
  });
});

describe('set value', () => {
  const set = (driven: Driven, path: string, value: unknown) =>
    driven.send({ type: 'SetValue', path, value, reason: 'wrong', ...at(driven) });

  it('raises the key of a failed step that reads it, and of no other (law 2)', () => {
    const driven = set(begun().done('a/1', { a: 1 }).failed('b/1', unknown), '/a', 7).resume();
    expect(driven.events.at(-1)).toMatchObject({ type: 'StepResumed', data: { step: 'b', changedInput: true } });
    expect(driven.run()).toMatchObject({ key: 'b/2', input: { state: { a: 7 } } });
    const other = set(begun().done('a/1', { a: 1 }).failed('b/1', unknown), '/x', 7).resume();
    expect(other.run()).toMatchObject({ key: 'b/1', attempt: 2, input: { state: { a: 1 } } });
  });

  it('reaches into dictionaries and lists, says nothing twice, and refuses what is no place', () => {
    const driven = set(set(begun(), '/deep', { list: [1] }), '/deep/list/-', 2);
    expect(driven.started.data['deep']).toEqual({ list: [1, 2] });
    expect(set(driven, '/deep/list/1', 2).types.filter((type) => type === 'ValueSet')).toHaveLength(2);
    for (const path of ['deep', '', '/deep/list/9', '/x/y', '/__proto__/y'])
      expect(() => set(driven, path, 1)).toThrow(refusal('validation_failed', 400));
  });
});

describe('retry', () => {
  it('keeps the key after an unknown failure and raises it after a refused one; attempts are counted', () => {
    expect(begun().failed('a/1', unknown).resume().run()).toMatchObject({ key: 'a/1', attempt: 2 });
    expect(begun().failed('a/1').resume({ by: 'eve' }).run()).toMatchObject({ key: 'a/2', attempt: 1 });
  });
});

describe('abort while a step runs', () => {
  it('records the late outcome, shows a late success as left over, and says what compensates it', () => {
    const driven = begun().done('a/1', { a: 1 });
    const run = driven.intend('b/1');
    abort(driven);
    expect(leftOver(compiled, driven.started)).toEqual([{ step: 'b', outcome: 'unknown', commands: [] }]);
    driven.time = 2;
    driven.answer(run, { kind: 'done', result: { b: 9 } });
    expect(driven.started).toMatchObject({ status: 'aborted', data: { x: 1, a: 1 } });
    expect(leftOver(compiled, driven.started)).toEqual([{ step: 'b', outcome: 'success', commands: ['compensate'] }]);
    driven.send({ type: 'CompensateProcess', step: 'b', ...at(driven) });
    expect(driven.run()).toMatchObject({ key: '$undo/b/1', input: { step: 'b', undo: true, state: { a: 1, b: 9 } } });
    driven.done('$undo/b/1');
    expect([driven.started.status, driven.owed, leftOver(compiled, driven.started)]).toEqual(['aborted', [], []]);
  });

  it('a late failure is not tried again', () => {
    const driven = begun();
    const run = driven.intend();
    abort(driven).answer(run, { kind: 'failed', failure: { kind: 'retryable', code: 'x', message: 'x' } });
    expect(driven.events.at(-1)?.type).toBe('StepFailed');
    expect([driven.started.status, driven.owed]).toEqual(['aborted', []]);
  });
});

describe('compensate', () => {
  const compensate = (driven: Driven) => driven.send({ type: 'CompensateProcess', reason: 'unwanted', ...at(driven) });

  it('undoes what is done, last first, then the process is aborted', () => {
    const driven = compensate(begun().done('a/1', { a: 1 }).done('b/1', { b: 2 }).failed('c/1'));
    expect(driven.started.status).toBe('running');
    expect(driven.keys).toEqual(['$undo/b/1']);
    expect(compensate(driven.done()).keys).toEqual(['$undo/a/1']);
    expect(driven.done().started).toMatchObject({ status: 'aborted', reason: 'unwanted' });
    expect(driven.owed).toEqual([]);
  });

  it('waits for what is under way: what that brings is undone too', () => {
    const driven = begun().done('a/1', { a: 1 });
    const run = driven.intend('b/1', 50);
    expect(compensate(driven).run()).toMatchObject({ key: '$undo/a/1', notBefore: 2_050 });
    driven.answer(run, { kind: 'done', result: { b: 1 } });
    expect(driven.run()).toMatchObject({ key: '$undo/b/1', notBefore: 0 });
  });

  it('that fails is shown, and can be resumed or skipped', () => {
    const driven = compensate(begun().done('a/1', { a: 1 }).failed('b/1')).failed('$undo/a/1');
    expect(driven.started.status).toBe('failed');
    expect(driven.resume().keys).toEqual(['$undo/a/2']);
    driven.failed('$undo/a/2').send({ type: 'SkipStep', step: '$undo/a', reason: 'by hand', ...at(driven) });
    expect(driven.started.status).toBe('aborted');
  });

  it('is refused where nothing can be undone', () => {
    expect(() => compensate(begun().failed())).toThrow(refusal('nothing_to_compensate'));
    const completed = begun().done('a/1', { a: 1 }).done('b/1', { b: 2 }).done('c/1');
    expect(() => compensate(completed)).toThrow(refusal('invalid_process_status'));
  });

  it('begins by itself on a failure where the workflow says so, once nothing else can go on', () => {
    const own = workflow({ ...meta, key: 'w', input: { x: n }, onFailure: 'compensate' }, [
      step({ key: 'a', compensate: undo }),
      parallel('p', { l: [step({ key: 'l', compensate: undo })], r: [step({ key: 'r' })] }),
    ]);
    const driven = begun(own).done('a/1').failed('p/r/r/1');
    expect([driven.started.status, driven.keys]).toEqual(['failed', ['p/l/l/1']]);
    driven.time = 5;
    driven.done('p/l/l/1');
    expect(driven.events.at(-1)).toMatchObject({ type: 'CompensationStarted', data: { reason: 'no' } });
    driven.done('$undo/p/l/l/1').done('$undo/a/1');
    expect(driven.started).toMatchObject({ status: 'aborted', reason: 'no' });
  });

  it('begins by itself in a plain sequence too', () => {
    const own = workflow({ ...meta, key: 'w', onFailure: 'compensate' }, [
      step({ key: 'a', compensate: undo }),
      step({ key: 'b' }),
      step({ key: 'c' }),
    ]);
    expect(begun(own).done('a/1').failed('b/1').keys).toEqual(['$undo/a/1']);
  });
});

describe('notes and deleted tasks', () => {
  it('keeps the last note; only a task that has ended can be hidden', () => {
    const driven = begun().send({ type: 'SetNote', note: 'n', time: 1 }).send({ type: 'SetNote', note: 'n', time: 2 });
    expect(driven.types.filter((type) => type === 'ProcessNoteChanged')).toHaveLength(1);
    expect(() => driven.send({ type: 'HideProcess', time: 1 })).toThrow(refusal('not_a_task', 400));
    const task = new Driven(workflow({ ...meta, key: 't', isTask: true }, [step({ key: 'a' })])).begin('t');
    expect(() => task.send({ type: 'HideProcess', time: 1 })).toThrow(refusal('invalid_process_status'));
    expect(task.done().send({ type: 'HideProcess', time: 1 }).started.rare?.hidden).toBe(true);
  });
});
