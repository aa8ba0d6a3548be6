import { describe, expect, it } from '@jest/globals';
import { catalogue } from '#products';
import { subscriptionDecider } from '#subscription';
import { subscriptionEvents } from '#subscription/published';
import {
  processDecider,
  processEffects,
  step,
  workflow,
  WorkflowRegistry,
  type StartedProcess,
  type StepContext,
} from '#workflow';
import { processEvents } from '#workflow/published';
import { ask } from './processes.js';
import { World, type Scenario } from './world.js';

const SEED = Number(process.env['PURVEYOR_SEED'] ?? Math.floor(Math.random() * 1e9));
const SCHEDULES = process.env['PURVEYOR_FULL'] === '1' ? 2_000 : 150;
console.log(`simulation of claims: seed ${SEED}, ${SCHEDULES} schedules each`);

const touching = (call: (context: StepContext) => Promise<unknown>) =>
  new WorkflowRegistry([
    workflow({ key: 'touch', version: 1, target: 'MODIFY', description: 'Touch' }, [
      step({ key: 'a', handler: async (_, context) => (await call(context), {}) }),
      step({ key: 'b' }),
    ]),
  ]);

const USED = 'subscription-used';
const claims = { subscriptionId: 'used', usableWhen: ['initial'], outOfSyncAllowed: true, blockedByUsers: false };
const about = { productId: 'p', productName: 'p', customerId: 'c', description: 'd' };

/** Eight processes that all want one subscription; people abort some of them at any time. */
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
  meddle: (random) =>
    (random() < 0.3 ? { type: 'AbortProcess', time: 0 } : { type: 'ResumeProcess', time: 0 }) as never,
  rescue: (state: { status: string }) =>
    state.status === 'failed' ? ({ type: 'ResumeProcess', time: 0 } as never) : undefined,
  ended: (state: StartedProcess | { status: 'initial' }) =>
    state.status === 'initial' || ('endedAt' in state && atRest(state)),
  recordedBy: ['StepCompleted'],
};

const atRest = ({ status, duties }: StartedProcess): boolean => {
  if (status === 'refused' || duties['$claim'] === undefined) return true;
  return duties['$release']?.status === 'done';
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
