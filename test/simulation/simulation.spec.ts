import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '#kernel';
import {
  childOperationEffect,
  operationDecider,
  operationEvents,
  ProvisionerRegistry,
  provisioningEffects,
  type Provisioner,
  type ResourceManifest,
} from '#provisioning';
import { MemoryVault } from '#testing';
import { portfolioEvents } from '#portfolio/published';
import { plan, simulatedPortfolios } from './portfolios.js';
import { processes } from './processes.js';
import { World, type Scenario } from './world.js';

const SEED = Number(process.env['PURVEYOR_SEED'] ?? Math.floor(Math.random() * 1e9));
const FULL = process.env['PURVEYOR_FULL'] === '1';
const SCHEDULES = FULL ? 2_000 : 150;
console.log(`simulation: seed ${SEED}, ${SCHEDULES} schedules for each number of processes`);

const never: Outcome = { kind: 'pending' };
const noSecrets = new MemoryVault();
const manifestOf = (input: unknown): ResourceManifest => ({
  needs: [{ id: 'it', type: 'it', parameters: input as Record<string, unknown> }],
});
const retry = { initialMs: 500, coefficient: 2, capMs: 5_000, jitter: 0.5, limit: 1_000 };
const registryOf = (call: Provisioner['call']) =>
  new ProvisionerRegistry().register({ type: 'it', terms: { retry }, call });

const portfolios: Scenario = {
  deciders: { portfolio: simulatedPortfolios(), operation: operationDecider(registryOf(async () => never)) },
  events: [...portfolioEvents, ...operationEvents],
  effects: (outside, clock, alive, dispatcher) => [
    ...provisioningEffects(
      registryOf((call) =>
        outside.effect('IT', 'at_once', clock, alive).run({ ...call, input: call, stream: '', key: '' }),
      ),
      { vault: noSecrets, clock, dispatcher },
    ),
    childOperationEffect('FIFTH', manifestOf, { clock, dispatcher, childId: (key) => key.replaceAll('/', '_') }),
    outside.effect('FIRST', 'at_once', clock, alive),
    outside.effect('SECOND', 'poll', clock, alive),
    outside.poller('SECOND_POLL', 'SECOND', clock),
    outside.effect('THIRD', 'callback', clock, alive),
    outside.effect('FOURTH', 'at_once', clock, alive),
  ],
  result: (name, input) => {
    const { value, parameters } = input as { value: number; parameters?: { value: number } };
    return name === 'IT' ? { address: { value: parameters!.value + 1 } } : { value: value + 1 };
  },
  begin: Array.from({ length: 4 }, (_, i) => ({
    stream: `portfolio-${i}`,
    command: {
      type: 'CreatePortfolio',
      name: `p${i}`,
      csp: plan.csp,
      facts: { seed: i * 10 },
      advance: 'automatic',
      time: 0,
    },
  })),
  ended: (state: { phase: string }) => state.phase === 'COMPLETED',
  recordedBy: ['StageCompleted'],
};

async function check(
  scenario: Scenario,
  seed: number,
  processes: number,
  trouble: number,
): Promise<Map<string, unknown>> {
  const world = new World(scenario, seed, processes, trouble);
  const { open, states } = await world.run();
  const where = `seed ${seed}, ${processes} processes`;
  const stuck = world.nodes.flatMap((node) => node.stuck);
  expect({ where, open, violations: world.violations, stuck }).toEqual({ where, open: [], violations: [], stuck: [] });
  return states;
}

/** What an instance has come to, without the times and attempts that a schedule may change. */
const values = (states: Map<string, unknown>): unknown =>
  [...states].map(([stream, state]) => {
    const { stages, data } = state as { stages?: Record<string, { result: unknown }>; data?: unknown };
    return [stream, stages ? Object.entries(stages).map(([name, { result }]) => [name, result]) : data];
  });

describe.each([
  ['portfolios', portfolios],
  ['User Groups, branches and for-each', processes],
] as const)('the shipped runner in virtual time: %s', (_, scenario) => {
  let undisturbed: unknown;

  it('ends everything undisturbed', async () => {
    undisturbed = values(await check(scenario, SEED, 1, 0));
    expect(undisturbed).toHaveLength(4);
  });

  for (const count of [1, 3])
    it(`comes to the same values under random schedules with ${count} process${count > 1 ? 'es' : ''}`, async () => {
      for (let i = 0; i < SCHEDULES; i++)
        expect(values(await check(scenario, SEED + i, count, 0.3))).toEqual(undisturbed);
    }, 900_000);
});
