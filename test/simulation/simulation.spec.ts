import { describe, expect, it } from '@jest/globals';
import { portfolios } from './portfolio-scenario.js';
import { processes } from './processes.js';
import { World, type Scenario } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const SCHEDULES = FULL ? 2_000 : 60;
console.log(`simulation: seed ${SEED}, ${SCHEDULES} schedules for each number of processes`);

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
