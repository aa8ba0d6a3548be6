import { kinds } from '../../simulation/kinds.js';
import { meddled } from '../../simulation/meddled.js';
import { meddledWith } from '../../simulation/operations.js';
import { portfolios } from '../../simulation/portfolio-scenario.js';
import { processes } from '../../simulation/processes.js';
import { World, type Scenario } from '../../simulation/world.js';
import { migratedRun } from './migrated-run.js';
import { catalogueRun, schedulesRun } from './other-runs.js';
import { runOf, type Run } from './run.js';

/** Portfolios with people who stop, set back and take back at random. */
const meddledPortfolios: Scenario = {
  ...portfolios,
  meddle: (random) => {
    const [reason, time] = ['because', 0];
    const stage = ['FIRST', 'SECOND', 'THIRD', 'FOURTH'][Math.floor(random() * 4)]!;
    const all = [
      { type: 'PausePortfolio', reason, time },
      { type: 'RetryFrom', stage, reason, time },
      { type: 'SkipStage', stage, reason, result: { value: 1 }, time },
      { type: 'AbandonPortfolio', reason, time },
      { type: 'DeprovisionPortfolio', reason, time },
    ];
    return all[Math.floor(random() * all.length)]!;
  },
  ended: () => true,
};

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  portfolios,
  'portfolios that people meddle with': meddledPortfolios,
  'processes with subscriptions and operations': processes,
  'processes with every kind of step': kinds,
  'processes that people meddle with': meddled,
  'operations that people meddle with': meddledWith,
};

async function simulated(scenario: Scenario, seed: number): Promise<Run> {
  const world = new World(scenario, seed, 1 + (seed % 3), 0.3);
  await world.run();
  return runOf(world.store, scenario.events, scenario.deciders);
}

/** Random runs by what they are made of; a seed makes the same run again. */
export const RUNS: Readonly<Record<string, (seed: number) => Promise<Run>>> = {
  ...Object.fromEntries(
    Object.entries(SCENARIOS).map(([name, scenario]) => [name, (seed: number) => simulated(scenario, seed)]),
  ),
  'processes that migrations rename': migratedRun,
  schedules: schedulesRun,
  'the catalogue': catalogueRun,
};
