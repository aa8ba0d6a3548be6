import { describe, expect, it } from '@jest/globals';
import type { EffectCall } from '#runtime';
import { VirtualClock } from '#testing';
import {
  operationStep,
  parallel,
  processDecider,
  step,
  workflow,
  WorkflowRegistry,
  type WorkflowDefinition,
} from '../index.js';
import { ABORT_EFFECT } from '../domain/duties.js';
import { Driven, meta } from '../test/driving.js';
import { processEffects } from './step.effect.js';

const op = (key: string) => operationStep({ key, manifest: () => ({ needs: [] }), result: () => ({}) });
const parent = { stream: 'process-1', key: 'c/1', rootProcessId: '1' };
const begun = (definition: WorkflowDefinition) => new Driven(definition).begin('child', {}, { parent });
const waiting = (definition: WorkflowDefinition, path = 'op/1') => {
  const child = begun(definition);
  return child.answer(child.intend(path), { kind: 'accepted', location: 'operation-x' });
};
const single = workflow({ ...meta, key: 'child' }, [op('op')]);
const moved = workflow({ ...meta, key: 'child', version: 2, migrates: [{ from: 1, keys: { op: 'OP' } }] }, [op('OP')]);
const BUSY = { kind: 'failed', failure: { kind: 'retryable', code: 'child_still_runs', retryAfterMs: 2_000 } };
const DONE = { kind: 'done', result: {} };

/** What a parent learns that aborts this child by a worker with this code. */
async function abort(child: Driven, ...code: readonly WorkflowDefinition[]) {
  const registry = new WorkflowRegistry(code);
  const decider = processDecider(registry);
  const clock = new VirtualClock();
  clock.advance(1_000_000);
  const dispatcher = {
    dispatch: async (_: string, command: never) => {
      // The same command once more changes nothing, and is answered with the state.
      const events = child.types.includes('ProcessAborted') ? [] : decider.decide(command, child.state);
      for (const event of events) child.fold(event);
      return { state: child.state };
    },
    load: async () => ({ state: child.state }),
  };
  const effects = processEffects(registry, { clock, dispatcher: () => dispatcher as never });
  const call = { stream: 'process-1', key: '$abort/c/1', attempt: 1, input: { key: 'c/1', reason: 'r' } };
  return effects.find(({ name }) => name === ABORT_EFFECT)!.run(call as unknown as EffectCall);
}

describe('the abort of a sub-workflow', () => {
  it('is done where nothing runs: it has not begun a thing, is not there, or has ended', async () => {
    const plain = workflow({ ...meta, key: 'child' }, [step({ key: 'a' })]);
    expect(await abort(begun(plain).done('a/1'), plain)).toEqual(DONE);
    expect(await abort(new Driven(plain), plain)).toEqual(DONE);
  });

  it('waits for what the child aborts, by every worker, with newer code and without any', async () => {
    const child = waiting(single);
    expect(await abort(child, single)).toMatchObject(BUSY);
    child.intend('$abort/op/1');
    for (const code of [[single], [moved], []]) expect(await abort(child, ...code)).toMatchObject(BUSY);
    child.answer({ key: '$abort/op/1', attempt: 1 }, { kind: 'done', result: { awaited: true } });
    for (const code of [[single], [moved], []]) expect(await abort(child, ...code)).toMatchObject(BUSY);
    child.callback('op/1', { kind: 'failed', failure: { kind: 'refused', code: 'given_up', message: 'no' } });
    expect(await abort(child, single)).toEqual(DONE);
  });

  it('waits for a branch that was left, also when the child has completed', async () => {
    const race = workflow({ ...meta, key: 'child' }, [
      parallel('p', { a: [step({ key: 's' })], b: [op('op')] }, { join: 'first' }),
    ]);
    const child = waiting(race, 'p/b/op/1').done('p/a/s/1').done('$abort/p/b/op/1', { awaited: true });
    expect([child.started.status, await abort(child, race)]).toMatchObject(['completed', BUSY]);
  });

  it('waits for what the child takes back', async () => {
    const undone = workflow({ ...meta, key: 'child' }, [step({ key: 's', compensate: () => undefined }), op('op')]);
    const child = begun(undone).done('s/1');
    child.answer(child.intend('op/1'), { kind: 'accepted', location: 'operation-x' });
    child.send({ type: 'CompensateProcess', time: 3 });
    child.intend('$undo/s/1', 2);
    expect(await abort(child, undone)).toMatchObject(BUSY);
    // An undoing that waits for people keeps no child alive.
    const failure = { kind: 'refused', code: 'no', message: 'no' } as const;
    expect(child.answer({ key: '$undo/s/1', attempt: 1 }, { kind: 'failed', failure }).keys).toEqual(['$abort/op/1']);
    expect(child.done('$abort/op/1').keys).toEqual([]);
    expect(await abort(child, undone)).toMatchObject(BUSY);
  });

  it('is tried again by a worker that has not its code, which refuses nothing', async () => {
    await expect(abort(waiting(single))).rejects.not.toHaveProperty('code');
    await expect(abort(waiting(single))).rejects.toThrow('no code here for version 1 of workflow child');
  });
});
