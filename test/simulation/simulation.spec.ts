import { describe, expect, it } from '@jest/globals';
import { portfolioEvents } from '#portfolio/published';
import { plan, simulatedPortfolios } from './portfolios.js';
import { World, type Scenario } from './world.js';

const SEED = Number(process.env['PURVEYOR_SEED'] ?? Math.floor(Math.random() * 1e9));
const FULL = process.env['PURVEYOR_FULL'] === '1';
const SCHEDULES = FULL ? 2_000 : 150;
console.log(`simulation: seed ${SEED}, ${SCHEDULES} schedules for each number of processes`);

const portfolios: Scenario = {
  deciders: { portfolio: simulatedPortfolios() },
  events: portfolioEvents,
  effects: (outside, clock, alive) => [
    outside.effect('FIRST', 'at_once', clock, alive),
    outside.effect('SECOND', 'poll', clock, alive),
    outside.poller('SECOND_POLL', 'SECOND', clock),
    outside.effect('THIRD', 'callback', clock, alive),
    outside.effect('FOURTH', 'at_once', clock, alive),
  ],
  result: (_, input) => ({ value: (input as { value: number }).value + 1 }),
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

async function check(scenario: Scenario, seed: number, processes: number, trouble: number): Promise<void> {
  const world = new World(scenario, seed, processes, trouble);
  const { open, states } = await world.run();
  const where = `seed ${seed}, ${processes} processes`;
  expect({ where, open, violations: world.violations, stuck: world.nodes.flatMap((n) => n.stuck) }).toEqual({
    where,
    open: [],
    violations: [],
    stuck: [],
  });
  for (const [stream, state] of states) {
    const results = Object.values((state as { stages: Record<string, { result: { value: number } }> }).stages).map(
      (s) => s.result.value,
    );
    const seedOf = Number(stream.split('-')[1]) * 10;
    expect({ where, results }).toEqual({ where, results: [1, 2, 3, 4].map((n) => seedOf + n) });
  }
  expect(world.outside.applied.size).toBe(scenario.begin.length * plan.stages.length);
}

describe('the shipped runner in virtual time', () => {
  it('ends every portfolio undisturbed', () => check(portfolios, SEED, 1, 0));
  for (const processes of [1, 3])
    it(`ends every portfolio alike under random schedules with ${processes} process${processes > 1 ? 'es' : ''}`, async () => {
      for (let i = 0; i < SCHEDULES; i++) await check(portfolios, SEED + i, processes, 0.3);
    }, 600_000);
});
