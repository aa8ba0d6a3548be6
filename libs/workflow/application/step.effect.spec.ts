import { expect, it } from '@jest/globals';
import type { CommandContext } from '#kernel';
import type { EffectCall } from '#runtime';
import { VirtualClock } from '#testing';
import { step, workflow, WorkflowRegistry, type StepContext, type StepInput } from '../index.js';
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
