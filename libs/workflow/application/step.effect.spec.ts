import { describe, expect, it } from '@jest/globals';
import { Refusal, type CommandContext } from '#kernel';
import { Type } from 'typebox';
import type { EffectCall } from '#runtime';
import { VirtualClock } from '#testing';
import { step, subWorkflow, workflow, WorkflowRegistry, type StepContext, type StepInput } from '../index.js';
import { processEffects } from './step.effect.js';

const send = async (_: object, context: StepContext) => {
  await context.dispatch('subscription-1', { type: 'SetStatus' }, 'status');
  return {};
};
const registry = new WorkflowRegistry([
  workflow({ key: 'w', version: 1, target: 'MODIFY', description: 'test' }, [
    step({ key: 'a', handler: send, compensate: send }),
  ]),
]);

/** The command id under which the step, done or undone, sends its command. */
async function sentBy(undo: boolean): Promise<string> {
  const ids: string[] = [];
  const dispatcher = {
    dispatch: async (_stream: string, _command: object, { commandId }: CommandContext) => {
      ids.push(commandId);
      return { state: {} };
    },
  };
  const [effect] = processEffects(registry, { clock: new VirtualClock(), dispatcher: () => dispatcher as never });
  const input: StepInput = { workflow: 'w', version: 1, target: 'MODIFY', step: 'a', state: {}, ...(undo && { undo }) };
  const key = undo ? '$undo/a/1' : 'a/1';
  const outcome = await effect!.run({ stream: 'process-1', key, input } as unknown as EffectCall);
  expect(outcome.kind).toBe('done');
  return ids.join();
}

it('sends what undoes a step as another command than what the step had sent for the same purpose (laws 9 and 10)', async () => {
  const [done, undone] = [await sentBy(false), await sentBy(true)];
  expect(undone).not.toBe(done);
  expect([await sentBy(false), await sentBy(true)]).toEqual([done, undone]);
});

describe('a step that begins a child', () => {
  const named = ({ name }: { name: unknown }) => ({ name: (name as string).trim() });
  const parents = new WorkflowRegistry([
    workflow({ key: 'p', version: 1, target: 'MODIFY', description: 'test', input: { name: Type.Any() } }, [
      subWorkflow({ key: 'c', workflow: 'child', reads: { name: Type.Any() }, input: named }),
    ]),
  ]);
  const refused = () => Promise.reject(new Refusal('validation_failed', 400, 'no'));

  /** The outcome of an attempt while the child is there, or is not. */
  async function attempted(attempt: number, name: unknown, status: string, dispatch = async () => ({ state: {} })) {
    const dispatcher = { dispatch, load: async () => ({ state: { status } }) };
    const [effect] = processEffects(parents, { clock: new VirtualClock(), dispatcher: () => dispatcher as never });
    const input: StepInput = { workflow: 'p', version: 1, target: 'MODIFY', step: 'c', state: { name } };
    const stream = 'process-1';
    const call = { stream, key: 'c/1', idempotencyKey: `${stream}/c/1`, attempt, input };
    return effect!.run(call as unknown as EffectCall);
  }

  it('that cannot be asked for in this way is refused, so that a corrected value is another request', async () => {
    for (const attempt of [1, 2])
      expect(await attempted(attempt, 7, 'none')).toMatchObject({
        kind: 'failed',
        failure: { kind: 'refused', code: 'effect_threw', traceback: expect.stringContaining('trim') },
      });
    await expect(attempted(1, 'n', 'running', refused)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(attempted(2, 'n', 'none', refused)).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('that an earlier attempt has begun waits for that one, whatever the code makes of its input now', async () => {
    expect(await attempted(2, 'n', 'none')).toMatchObject({ kind: 'accepted' });
    expect(await attempted(2, 7, 'running')).toMatchObject({ kind: 'accepted' });
    expect(await attempted(2, 'n', 'running', refused)).toMatchObject({ kind: 'accepted' });
  });
});
