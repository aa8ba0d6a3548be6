import { describe, expect, it } from '@jest/globals';
import { catalogue } from '#products';
import { subscriptionDecider } from '#subscription';
import { subscriptionEvents } from '#subscription/published';
import {
  processDecider,
  processEffects,
  inputStep,
  step,
  workflow,
  WorkflowRegistry,
  type StartedProcess,
  type StepContext,
} from '#workflow';
import { processEvents } from '#workflow/published';
import { ask } from './processes.js';
import { World, type Scenario } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const SCHEDULES = FULL ? 2_000 : 60;
console.log(`simulation of claims: seed ${SEED}, ${SCHEDULES} schedules each`);

const touching = (call: (context: StepContext) => Promise<unknown>) =>
  new WorkflowRegistry([
    workflow({ key: 'touch', version: 1, target: 'MODIFY', description: 'Touch' }, [
      step({
        key: 'a',
        handler: async (_, context) => (await call(context), {}),
        // Taken from the holder only, so that it ends only where the process has taken hold again.
        compensate: async (_, context) => {
          const { processId, rootProcessId: holderId } = context;
          const undo = { type: 'SetNote', note: processId, processId, holderId, time: 0 };
          await context.dispatch(USED, undo, 'undo');
        },
      }),
      // Holds it until people decide: many are aborted here, with something to undo.
      inputStep({ key: 'b', adds: {}, pages: [] }),
    ]),
  ]);

const USED = 'subscription-used';
const claims = { subscriptionId: 'used', usableWhen: ['initial'], outOfSyncAllowed: true, blockedByUsers: false };
const about = { productId: 'p', productName: 'p', customerId: 'c', description: 'd' };

/** Eight processes that all want one subscription; people abort and undo some of them at any time. */
const scenario: Scenario = {
  deciders: {
    process: processDecider(touching(async () => undefined)),
    subscription: subscriptionDecider(catalogue),
  },
  events: [...processEvents, ...subscriptionEvents],
  effects: (outside, clock, alive, dispatcher) =>
    processEffects(
      touching((context) => ask(outside, clock, alive, 'touch', context, 1)),
      { dispatcher, clock },
    ),
  result: () => ({}),
  begin: [
    { stream: USED, command: { type: 'CreateSubscription', ...about, processId: 'creator', time: 0 } as never },
    ...Array.from({ length: 8 }, (_, i) => ({
      stream: `process-${i}`,
      command: { type: 'StartProcess', workflow: 'touch', state: {}, createdBy: 'sim', claims, time: 0 },
    })),
  ],
  meddle(random) {
    const at = random();
    const type = at < 0.3 ? 'AbortProcess' : at < 0.6 ? 'CompensateProcess' : 'ResumeProcess';
    return { type, time: 0 } as never;
  },
  rescue: (state: StartedProcess | { status: 'initial' }) =>
    state.status === 'failed' ||
    state.status === 'suspended' ||
    ('duties' in state && Object.values(state.duties).some(({ status }) => status === 'failed'))
      ? ({ type: 'ResumeProcess', time: 0 } as never)
      : undefined,
  ended: (state: StartedProcess | { status: 'initial' }) =>
    state.status === 'initial' || ('endedAt' in state && atRest(state)),
  recordedBy: ['StepCompleted'],
};

const atRest = ({ status, duties, requests, rare }: StartedProcess): boolean => {
  if (status === 'refused' || duties['$claim'] === undefined) return true;
  const undone = rare?.undoing === undefined || requests[0]?.status !== 'done' || duties['$undo/a']?.status === 'done';
  const turn = rare?.turn ?? 1;
  const last = duties[`$reclaim/${turn}`] === undefined ? '$release' : `$release/${turn}`;
  return undone && duties['$release']?.status === 'done' && duties[last]?.status === 'done';
};

async function run(seed: number, processes: number, trouble: number) {
  const world = new World(scenario, seed, processes, trouble);
  const { open, states } = await world.run();
  const stuck = world.nodes.flatMap((node) => node.stuck);
  expect({ seed, open, violations: world.violations, stuck }).toEqual({ seed, open: [], violations: [], stuck: [] });
  const { holder } = states.get(USED) as { holder: unknown };
  expect({ seed, holder }).toEqual({ seed, holder: undefined });
  for (const [stream, state] of states) {
    if ((state as StartedProcess).status !== 'refused') continue;
    const called = [...world.outside.applied.keys()].filter((key) => key.startsWith(`${stream}/`));
    expect({ seed, stream, called }).toEqual({ seed, stream, called: [] });
  }
  return [...states.values()].map((state) => (state as { status: string }).status);
}

describe('claims of one subscription in virtual time', () => {
  it('are got by one at a time, and the others are refused', async () => {
    const ended = await run(SEED, 1, 0);
    expect(ended.filter((status) => status === 'refused').length).toBeGreaterThan(0);
    expect(ended.filter((status) => status === 'completed').length).toBeGreaterThan(0);
  });

  for (const count of [1, 3])
    it(`leave nobody holding it under random schedules with ${count} process${count > 1 ? 'es' : ''}`, async () => {
      for (let i = 0; i < SCHEDULES; i++) expect(await run(SEED + i, count, 0.3)).toHaveLength(9);
    }, 900_000);
});
