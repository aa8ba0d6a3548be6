import { EventLog, EventRegistry, position, START, type EventStore, type RecordedEvent } from '#event-store';
import type { Decode } from '#read-models';
import { kinds } from '../../simulation/kinds.js';
import { meddled } from '../../simulation/meddled.js';
import { meddledWith } from '../../simulation/operations.js';
import { portfolios } from '../../simulation/portfolio-scenario.js';
import { processes } from '../../simulation/processes.js';
import { World, type Scenario } from '../../simulation/world.js';

/** What the runner made of a random schedule with crashes, lost answers and people who meddle. */
export interface Run {
  readonly store: EventStore;
  readonly decode: Decode;
  readonly events: readonly RecordedEvent[];
}

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

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  portfolios,
  'portfolios that people meddle with': meddledPortfolios,
  'processes with subscriptions and operations': processes,
  'processes with every kind of step': kinds,
  'processes that people meddle with': meddled,
  'operations that people meddle with': meddledWith,
};

export async function randomRun(scenario: Scenario, seed: number): Promise<Run> {
  const world = new World(scenario, seed, 1 + (seed % 3), 0.3);
  await world.run();
  const registry = new EventRegistry().register(scenario.events);
  const log = new EventLog(world.store, registry);
  const decode: Decode = (stored) => log.decode(stored);
  const { events } = await world.store.readAll({ after: START, limit: 100_000 });
  return { store: world.store, decode, events: events.map(decode) };
}

/** The same log as it was when it ended with its event number `count`. */
export function cut({ store, decode, events }: Run, count: number): Run {
  const end = position(events[count - 1]!.position);
  const shorter = Object.create(store) as EventStore;
  shorter.head = async () => end;
  shorter.subscribe = async function* (options) {
    for await (const delivery of store.subscribe(options)) {
      if (delivery.kind === 'events')
        yield { ...delivery, events: delivery.events.filter((event) => event.position <= end), position: end };
      else yield { ...delivery, position: end };
    }
  };
  return { store: shorter, decode, events: events.slice(0, count) };
}
