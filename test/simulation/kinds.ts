import { Type } from 'typebox';
import { subscriptionDecider } from '#subscription';
import { subscriptionEvents } from '#subscription/published';
import { catalogue } from '#products';
import type { Outcome, Owed } from '#kernel';
import type { EffectCall } from '#runtime';
import {
  callbackStep,
  conditional,
  focus,
  forEach,
  inputStep,
  parallel,
  processDecider,
  processEffects,
  retryStep,
  sleep,
  stepGroup,
  subWorkflow,
  workflow,
  WorkflowRegistry,
  type StartedProcess,
  type StepContext,
} from '#workflow';
import { processEvents } from '#workflow/published';
import type { Scenario } from './world.js';

export type Call = (
  name: string,
  ending: 'at_once' | 'callback',
  context: StepContext,
  input: unknown,
) => Promise<Outcome>;

const value = Type.Object({ value: Type.Integer() });
const retry = { initialMs: 300, coefficient: 2, capMs: 3_000, limit: 1_000 };
export const meta = { version: 1, target: 'SYSTEM', description: 'test' } as const;

/** One step that asks the outside; what it adds depends on its name alone. */
export const asking = <const K extends string>(call: Call, key: K, adds: string, undo = false) =>
  retryStep({
    key,
    adds: { [adds]: value },
    retry,
    handler: async (_, context) => {
      const outcome = await call(key, 'at_once', context, key.length);
      if (outcome.kind !== 'done') throw new Error('the outside failed');
      return { [adds]: outcome.result } as never;
    },
    ...(undo && {
      compensate: async (_: unknown, context: StepContext) => {
        const outcome = await call(`undo-${key}`, 'at_once', context, key.length);
        if (outcome.kind !== 'done') throw new Error('the outside failed');
      },
    }),
  });

export const definitions = (call: Call) =>
  new WorkflowRegistry([
    workflow({ ...meta, key: 'kid' }, [
      asking(call, 'k', 'k'),
      sleep({ key: 'nap', ms: 700 }),
      asking(call, 'kk', 'kk'),
    ]),
    workflow({ ...meta, key: 'every', input: { items: Type.Array(Type.Integer()), sub: Type.Object({}) } }, [
      stepGroup('group', [asking(call, 'a', 'a'), asking(call, 'b', 'b')]),
      parallel('both', {
        left: [
          conditional({ key: 'if', when: () => true, steps: [asking(call, 'c', 'c')] }),
          conditional({ key: 'never', when: () => false, steps: [asking(call, 'no', 'no')] }),
          callbackStep({
            key: 'cb',
            action: (_, context) => call('cb', 'callback', context, 2),
            deadlineMs: 15_000,
            resultKey: 'told',
          }),
        ],
        right: [
          inputStep({ key: 'ask', pages: [], adds: { answer: Type.Object({ size: Type.Integer() }) } }),
          subWorkflow({
            key: 'child',
            workflow: 'kid',
            input: () => ({}),
            adds: { kk: value },
            result: ({ state }) => ({ kk: state['kk'] as never }),
          }),
        ],
      }),
      forEach('fan', 'items', [focus('in', [asking(call, 'd', 'd')]), sleep({ key: 'nap', ms: 50 })], {
        concurrency: 2,
      }),
      parallel('race', { one: [asking(call, 'r', 'r')], two: [asking(call, 'r', 'r')] }, { join: 'first' }),
      focus('sub', [asking(call, 'e', 'e')]),
    ]),
    workflow({ ...meta, key: 'undone', onFailure: 'compensate' }, [
      asking(call, 'u', 'u', true),
      parallel('both', { left: [asking(call, 'v', 'v', true)], right: [asking(call, 'w', 'w', true)] }),
      retryStep({ key: 'no', retry, handler: () => REFUSED }),
    ]),
  ]);

const REFUSED: Outcome = { kind: 'failed', failure: { kind: 'refused', code: 'no', message: 'never' } };

/** What an aborted process takes back before it is at rest. */
const undoes = ({ key }: Owed): boolean => key.startsWith('$undo/') || key.startsWith('$quiet/');

/** Definitions against the unreliable outside. People answer forms and resume what has failed. */
export function scenarioOf(definitions: (call: Call) => WorkflowRegistry, begin: Scenario['begin']): Scenario {
  const process = processDecider(definitions(async () => REFUSED));
  return {
    deciders: { process, subscription: subscriptionDecider(catalogue) },
    events: [...processEvents, ...subscriptionEvents],
    effects: (outside, clock, alive, dispatcher) => {
      const call: Call = (name, ending, context, input) => {
        const { idempotencyKey, attempt, signal } = context;
        const stream = `process-${context.processId}`;
        const key = idempotencyKey.slice(stream.length + 1);
        const asked = { stream, key, idempotencyKey, attempt, input, signal } as EffectCall;
        return outside.effect(name, ending, clock, alive).run(asked);
      };
      return processEffects(definitions(call), { dispatcher, clock, concurrency: 6 });
    },
    result: (name, input) => ({ value: (input as number) * 2 + name.length }),
    begin,
    // The outcome of a child that is aborted by hand, or a step that is passed over, is waited for by nobody.
    ended: (state: StartedProcess) => 'endedAt' in state && !process.next(state).some(undoes),
    recordedBy: ['StepCompleted'],
    rescue: (state: StartedProcess) =>
      state.status === 'suspended'
        ? ({ type: 'ResumeProcess', input: { answer: { size: 4 } }, time: 0 } as never)
        : state.status === 'failed'
          ? ({ type: 'ResumeProcess', time: 0 } as never)
          : undefined,
  };
}

/** Every kind of step, on one log. */
export const kinds: Scenario = scenarioOf(
  definitions,
  ['every', 'every', 'undone', 'undone'].map((workflow, n) => ({
    stream: `process-00000000-0000-4000-8000-00000000000${n}`,
    command: { type: 'StartProcess', workflow, state: { items: [1, 2, 3], sub: {} }, createdBy: 'sim', time: 0 },
  })),
);
