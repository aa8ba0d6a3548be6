import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import {
  leftOver,
  operationStep,
  parallel,
  step,
  workflow,
  WorkflowRegistry,
  type WorkflowDefinition,
} from '../index.js';
import { Driven, meta } from './driving.js';

const claims = { subscriptionId: 's', usableWhen: [], outOfSyncAllowed: true, blockedByUsers: false };
const op = operationStep({
  key: 'op',
  adds: { made: Type.String() },
  manifest: () => ({ needs: [{ id: 'n', type: 'box' }] }),
  result: ({ n }) => ({ made: n!.id! }),
});
const definition = workflow({ ...meta, key: 'w' }, [op]);
const accepted = { kind: 'accepted', location: 'operation-1' } as const;
const provisioned = { kind: 'done', result: { operationId: '1', resources: { n: { id: 'r', address: {} } } } } as const;
const failed = { kind: 'failed', failure: { kind: 'refused', code: 'given_up', message: 'no' } } as const;

const waiting = (of: WorkflowDefinition = definition, path = 'op/1') => {
  const driven = new Driven(of).begin('w', {}, { claims }).done('$claim/1');
  return driven.answer(driven.intend(path), accepted);
};
const silence = { kind: 'unknown', code: 'attempt_timed_out', message: 'no answer' } as const;
/** The step has failed, and whether there is an operation nobody knows. */
const unknown = () => {
  const driven = new Driven(definition).begin('w', {}, { claims }).done('$claim/1');
  while (driven.started.status !== 'failed') {
    driven.time += 4_000_000;
    driven.failed('op/1', silence);
  }
  return driven;
};
/** The same in a newer version, where the step has another key. */
const moved = workflow({ ...meta, key: 'w', version: 2, migrates: [{ from: 1, keys: { op: 'OP' } }] }, [
  operationStep({ key: 'OP', manifest: () => ({ needs: [] }), result: () => ({}) }),
]);
const abort = { type: 'AbortProcess', time: 2 } as const;
const left = (driven: Driven, of = definition) => leftOver(new WorkflowRegistry([of]).latest('w')!, driven.started);

describe('a step that is done by an operation', () => {
  it('has it aborted with its process, which holds what it claimed until the operation has ended', () => {
    const driven = waiting().send(abort);
    expect(driven.run()).toMatchObject({
      key: '$abort/op/1',
      effect: 'process.abort-child',
      input: { key: 'op/1', operation: true },
    });
    driven.done('$abort/op/1', { awaited: true });
    expect(driven.owed).toMatchObject([{ kind: 'wait', key: 'op/1', deadline: 'ask' }]);
    driven.callback('op/1', failed);
    expect([driven.keys, left(driven)]).toEqual([['$release/1'], []]);
  });

  it('asks an aborted operation that tells nothing how it stands', () => {
    const driven = waiting().send(abort).done('$abort/op/1', { awaited: true });
    driven.time = 4_000_000;
    driven.due('op/1');
    const ask = driven.run();
    expect(ask).toMatchObject({ key: 'op/1', effect: 'provisioning.ask-child', input: { location: 'operation-1' } });
    driven.answer(ask, { kind: 'pending' });
    expect(driven.owed).toMatchObject([{ kind: 'wait', key: 'op/1', deadline: 'ask' }]);
    expect([driven.started.status, driven.callback('op/1', failed).keys]).toEqual(['aborted', ['$release/1']]);
  });

  it('has it aborted too when a person had just asked for the step again', () => {
    const driven = waiting().resume().send(abort);
    expect(driven.run().key).toBe('$abort/op/1');
    driven.done('$abort/op/1', { awaited: true });
    driven.answer(driven.intend('op/1'), accepted);
    // It may have told its end before it was found again.
    expect(driven.owed).toMatchObject([
      { kind: 'run', effect: 'provisioning.ask-child', input: { location: 'operation-1' } },
      { kind: 'wait', key: 'op/1', deadline: 'ask' },
    ]);
    expect(driven.callback('op/1', failed).keys).toEqual(['$release/1']);
  });

  it('has it aborted too when it is not known whether it was begun, and finds it again to be told its end', () => {
    const driven = unknown().send(abort);
    expect(driven.keys).toEqual(['$abort/op/1']);
    driven.done('$abort/op/1', { awaited: true });
    // What it had told before was discarded: it is found again, after a minute, then ever less, whatever becomes of the attempt.
    expect(driven.run()).toMatchObject({ key: 'op/1', attempt: 6, notBefore: driven.time + 60_000 });
    for (const end of ['lost', 'died', 'drained'] as const) {
      driven.time += 4_000_000;
      const { attempt } = driven.intend('op/1');
      if (end === 'lost') {
        driven.answer({ key: 'op/1', attempt }, { kind: 'failed', failure: silence });
        expect(driven.run()).toMatchObject({ notBefore: driven.time + 120_000 });
      }
      driven.time += 4_000_000;
      if (end === 'died') driven.due('op/1');
      if (end === 'drained') driven.send({ type: 'HandBack', owner: 'o', keys: ['op/1'], time: driven.time });
      expect([driven.run()?.key, driven.run()?.attempt]).toEqual(['op/1', attempt + 1]);
    }
    driven.answer(driven.intend('op/1'), accepted).callback('op/1', provisioned);
    expect([left(driven), driven.keys]).toEqual([
      [{ step: 'op', outcome: 'success', commands: ['compensate'] }],
      ['$release/1'],
    ]);
  });

  it('is not passed over while it is not known whether it was begun', () => {
    const skip = { type: 'SkipStep', step: 'op', reason: 'r', result: { made: 'm' }, time: 2 } as const;
    expect(() => unknown().send(skip)).toThrow(expect.objectContaining({ code: 'step_not_skippable', status: 409 }));
    expect(waiting().callback('op/1', failed).send(skip).started.status).toBe('completed');
  });

  it('finds its operation again after the abort where its code has gone to since', () => {
    const driven = waiting().resume().deploy(moved).send(abort).done('$abort/op/1', { awaited: true });
    expect(driven.run().input).toMatchObject({ version: 1, step: 'op', now: { version: 2, step: 'OP' } });
  });

  it('is aborted by newer code that knows where the step is now, also when the process had ended before', () => {
    const driven = waiting().send(abort).deploy(moved);
    expect(driven.keys).toEqual(['$follow/1']);
    driven.answer({ key: '$follow/1', attempt: 1 }, { kind: 'done', result: {} });
    expect([driven.types.at(-1), driven.keys]).toEqual(['ProcessMigrated', ['$abort/op/1']]);
    driven.done('$abort/op/1', { awaited: true });
    expect([driven.keys, driven.callback('op/1', failed).keys]).toEqual([['op/1'], ['$release/1']]);
  });

  it('is left to a worker that knows it, which alone lets go what the ended process holds', () => {
    const none = new WorkflowRegistry([]);
    const driven = waiting().send(abort);
    expect([none.carries(driven.started), driven.deploy().started.status]).toEqual([false, 'aborted']);
    expect(() => driven.owed).toThrow(expect.objectContaining({ code: 'definition_unavailable' }));
    driven.deploy(definition).done('$abort/op/1').done('$release/1');
    expect([none.carries(driven.started), driven.deploy().owed]).toEqual([true, []]);
  });

  it('whose request was refused has nothing to abort', () => {
    expect(waiting().callback('op/1', failed).send(abort).keys).toEqual(['$release/1']);
    expect(waiting().callback('op/1', failed).resume().send(abort).keys).toEqual(['$release/1']);
  });

  it('goes on with its operation when a person changes what it reads and resumes it', () => {
    const reading = workflow({ ...meta, key: 'w', input: { size: Type.Number() } }, [
      operationStep({
        key: 'op',
        reads: { size: Type.Number() },
        manifest: ({ size }) => ({ needs: [{ id: 'n', type: 'box', parameters: { size } }] }),
        result: () => ({}),
      }),
    ]);
    const driven = new Driven(reading).begin('w', { size: 1 });
    driven.answer(driven.intend('op/1'), accepted);
    driven.send({ type: 'SetValue', path: '/size', value: 2, reason: 'more', time: 2 }).resume();
    expect(driven.keys).toEqual(['op/1']);
    driven.answer(driven.intend('op/1'), accepted).callback('op/1', failed).resume();
    expect(driven.run()).toMatchObject({ key: 'op/2', input: { state: { size: 2 } } });
  });

  it('of which the operation was never begun is not waited for', () => {
    expect(waiting().send(abort).done('$abort/op/1', {}).keys).toEqual(['$release/1']);
  });

  it('shows a success after the abort as left over, and takes it back on command, holding the subscription again', () => {
    const driven = waiting().send(abort).done('$abort/op/1', { awaited: true }).callback('op/1', provisioned);
    expect(left(driven)).toEqual([{ step: 'op', outcome: 'success', commands: ['compensate'] }]);
    driven.done('$release/1').send({ type: 'CompensateProcess', step: 'op', time: 3 });
    const undo = driven.done('$reclaim/2/1').run('$undo/op/1');
    expect(undo.input).toMatchObject({ undo: true, undoes: 'op/1', state: { made: 'r' } });
    driven.answer(driven.intend('$undo/op/1'), accepted);
    expect(driven.owed).toMatchObject([
      { kind: 'run', effect: 'provisioning.ask-taken-back', input: { location: 'operation-1' } },
      { kind: 'wait', deadline: 'ask' },
    ]);
    driven.answer(driven.run(), { kind: 'done', result: {} });
    expect([driven.keys, left(driven)]).toEqual([['$release/2/1'], []]);
  });

  it('has the operation aborted when another branch was first', () => {
    const race = workflow({ ...meta, key: 'w' }, [
      parallel('race', { op: [op], quick: [step({ key: 'q' })] }, { join: 'first' }),
      step({ key: 'end' }),
    ]);
    const driven = waiting(race, 'race/op/op/1').done('race/quick/q/1');
    expect(driven.keys).toEqual(['end/1', '$abort/race/op/op/1']);
    driven.done('$abort/race/op/op/1', { awaited: true }).done('end/1');
    expect([driven.started.status, driven.keys]).toEqual(['completed', ['race/op/op/1']]);
    expect(driven.callback('race/op/op/1', failed).keys).toEqual(['$release/1']);
  });

  it('is undone by the operation that did it, also after a resume', () => {
    const both = workflow({ ...meta, key: 'w', onFailure: 'compensate' }, [op, step({ key: 'no' })]);
    const driven = waiting(both).callback('op/1', provisioned).failed('no/1');
    expect(driven.run().key).toBe('$undo/op/1');
    const again = new Driven(workflow({ ...meta, key: 'w' }, [op, step({ key: 'no' })])).begin('w');
    again.answer(again.intend('op/1'), accepted).callback('op/1', failed).resume();
    again.answer(again.intend('op/2'), accepted).callback('op/2', provisioned).failed('no/1');
    again.send({ type: 'CompensateProcess', time: 4 });
    expect(again.run().input).toMatchObject({ undoes: 'op/2' });
  });
});
