import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { callbackStep, inputStep, leftOver, step, workflow, WorkflowRegistry } from '../index.js';
import { Driven, meta } from './driving.js';

const text = Type.String();
const refused = (code: string) => expect.objectContaining({ code, status: 409 });
const abort = (driven: Driven) => driven.send({ type: 'AbortProcess', by: 'eve', time: driven.time });

describe('an abort and the success of the last step, at once', () => {
  const flow = workflow({ ...meta, key: 'w' }, [step({ key: 'a', adds: { a: text }, compensate: () => undefined })]);
  const compiled = new WorkflowRegistry([flow]).latest('w')!;
  const success = { kind: 'done', result: { a: 'made' } } as const;

  it('the success first: completed, and the abort is told that it came too late', () => {
    const driven = new Driven(flow).begin('w').done('a/1', { a: 'made' });
    expect(() => abort(driven)).toThrow(refused('invalid_process_status'));
    expect([driven.started.status, driven.types.at(-1)]).toEqual(['completed', 'ProcessCompleted']);
  });

  it('the abort first: aborted, and the success is left over with what compensates it, once however often it is told', () => {
    const driven = new Driven(flow).begin('w');
    const run = driven.intend();
    abort(driven).answer(run, success);
    const recorded = driven.events.length;
    abort(driven.answer(run, success)).answer(run, {
      kind: 'failed',
      failure: { kind: 'refused', code: 'no', message: 'no' },
    });
    expect(driven.events).toHaveLength(recorded);
    expect(driven.started).toMatchObject({ status: 'aborted', data: {} });
    expect(leftOver(compiled, driven.started)).toEqual([{ step: 'a', outcome: 'success', commands: ['compensate'] }]);
  });
});

describe('two answers to one form, at once', () => {
  const flow = workflow({ ...meta, key: 'w' }, [
    inputStep({ key: 'ask', pages: [], adds: { colour: text } }),
    inputStep({ key: 'again', pages: [], adds: { colour: text } }),
    step({ key: 'end' }),
  ]);
  const answer = (driven: Driven, colour: string) => driven.resume({ input: { colour }, step: 'ask', by: colour });

  it.each(['blue', 'red'])('the first counts; the second, %s, answers no later form and changes nothing', (second) => {
    const driven = answer(new Driven(flow).begin('w'), 'blue');
    const events = driven.events.length;
    expect(() => answer(driven, second)).toThrow(refused('invalid_process_status'));
    expect(driven.events).toHaveLength(events);
    expect(driven.started).toMatchObject({ status: 'suspended', data: { colour: 'blue' } });
  });

  it('of two retries the second is silence', () => {
    const failing = workflow({ ...meta, key: 'w' }, [step({ key: 'a' })]);
    const driven = new Driven(failing).begin('w').failed().resume({ by: 'ann' });
    const events = driven.events.length;
    expect(driven.resume({ by: 'eve' }).events).toHaveLength(events);
    expect(driven.keys).toEqual(['a/2']);
  });
});

describe('a success of a step that was passed over', () => {
  const flow = workflow({ ...meta, key: 'w' }, [
    step({
      key: 'a',
      policy: { completion: { kind: 'callback', deadlineMs: 1_000 } },
      adds: { a: text },
      compensate: () => undefined,
    }),
    step({ key: 'b' }),
  ]);
  const compiled = new WorkflowRegistry([flow]).latest('w')!;
  const passed = () => {
    const driven = new Driven(flow).begin('w');
    driven.answer(driven.intend(), { kind: 'accepted' });
    return driven.send({ type: 'SkipStep', step: 'a', reason: 'r', result: { a: 'by hand' }, time: driven.time });
  };
  const compensated = [{ step: 'a', outcome: 'success', commands: ['compensate'] }];

  it('is left over outside, and undone with the rest when the process is', () => {
    const driven = passed().callback('a/1', { kind: 'done', result: { a: 'late' } });
    expect(driven.started.data).toEqual({ a: 'by hand' });
    expect(leftOver(compiled, driven.started)).toEqual(compensated);
    driven.failed('b/1').send({ type: 'CompensateProcess', reason: 'r', time: driven.time });
    expect(driven.run('$undo/a/1').input).toMatchObject({ undo: true, state: { a: 'late' } });
    driven.done('$undo/a/1');
    expect([driven.started.status, leftOver(compiled, driven.started)]).toEqual(['aborted', []]);
  });

  it('is shown, with nothing that could undo it, where the process has completed', () => {
    const driven = passed()
      .done('b/1')
      .callback('a/1', { kind: 'done', result: { a: 'late' } });
    expect([driven.started.status, driven.owed]).toEqual(['completed', []]);
    expect(leftOver(compiled, driven.started)).toEqual([{ step: 'a', outcome: 'success', commands: [] }]);
  });

  it('is left over also when it comes after the end', () => {
    const driven = passed().send({ type: 'AbortProcess', time: 1 });
    expect(leftOver(compiled, driven.started)).toEqual([]);
    driven.callback('a/1', { kind: 'done', result: { a: 'late' } });
    expect(leftOver(compiled, driven.started)).toEqual(compensated);
    driven.send({ type: 'CompensateProcess', step: 'a', reason: 'r', time: 2 }).done('$undo/a/1');
    expect(leftOver(compiled, driven.started)).toEqual([]);
  });
});

describe('the other side of a callback step', () => {
  const ring = callbackStep({ key: 'ring', action: () => undefined, deadlineMs: 1_000, resultKey: 'told' });
  const flow = workflow({ ...meta, key: 'w' }, [ring, step({ key: 'end', reads: { told: Type.Unknown() } })]);
  const waiting = (driven: Driven) => driven.answer(driven.intend(), { kind: 'accepted' });
  const told = (key: string, result: string) => [key, { kind: 'done', result }] as const;
  const skip = (driven: Driven) =>
    driven.send({
      type: 'SkipStep',
      step: 'ring/action',
      reason: 'by phone',
      result: { told: 'by phone' },
      time: driven.time,
    });

  it('is not heard with the token of an earlier wait, neither while the next one waits nor after it', () => {
    const driven = waiting(new Driven(flow).begin('w'));
    driven.time = 1_001;
    driven.due('ring/action/1').resume();
    waiting(driven);
    const events = driven.events.length;
    driven.callback(...told('ring/action/1', 'late')).callback('ring/action/1', { kind: 'pending', progress: 'half' });
    expect(driven.events).toHaveLength(events);
    expect(driven.started.status).toBe('awaiting_callback');
    driven.callback(...told('ring/action/2', 'in time'));
    const after = driven.events.length;
    expect(driven.callback(...told('ring/action/1', 'late')).events).toHaveLength(after);
    expect(driven.started.data['told']).toBe('in time');
  });

  it('that answers a step which was passed over meanwhile is recorded once and changes neither state nor way', () => {
    const driven = skip(waiting(new Driven(flow).begin('w')));
    const before = driven.events.length;
    driven.callback(...told('ring/action/1', 'late')).callback(...told('ring/action/1', 'later'));
    expect(driven.events.slice(before)).toMatchObject([{ type: 'StepCompleted', data: { step: 'ring/action' } }]);
    expect(driven.started.data['told']).toBe('by phone');
    expect(driven.started.requests[0]).toMatchObject({ status: 'skipped' });
    expect(driven.keys).toEqual(['ring/validate/1']);
    driven.callback('ring/action/1', { kind: 'failed', failure: { kind: 'refused', code: 'x', message: 'x' } });
    expect(driven.events).toHaveLength(before + 1);
  });

  it('that fails a step which was passed over meanwhile, or is too late with it, is silence', () => {
    const driven = skip(waiting(new Driven(flow).begin('w')));
    const events = driven.events.length;
    driven.callback('ring/action/1', { kind: 'failed', failure: { kind: 'refused', code: 'x', message: 'x' } });
    driven.time = 5_000;
    expect(driven.due('ring/action/1').events).toHaveLength(events);
  });

  it('that was first leaves nothing to be passed over', () => {
    const driven = waiting(new Driven(flow).begin('w')).callback(...told('ring/action/1', 'first'));
    expect(() => skip(driven)).toThrow(refused('step_not_skippable'));
    expect(driven.started.data['told']).toBe('first');
  });
});
