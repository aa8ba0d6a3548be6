import { describe, expect, it } from '@jest/globals';
import type { EventMetadata } from '#event-store';
import { legalCommands, needsOf, resourceOf, type Operation } from '#provisioning';
import { exists, meddledWith, operations } from './operations.js';
import { World, type Scenario } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const SCHEDULES = FULL ? 2_000 : 60;
console.log(`simulation of operations: seed ${SEED}, ${SCHEDULES} schedules each`);

async function run(scenario: Scenario, seed: number, processes: number, trouble: number) {
  const world = new World(scenario, seed, processes, trouble);
  const { open, states } = await world.run();
  const where = `seed ${seed}, ${processes} processes`;
  const stuck = world.nodes.flatMap((node) => node.stuck);
  const lost = await lostCallbacks(world);
  expect({ where, open, violations: world.violations, stuck, lost }).toEqual({
    where,
    open: [],
    violations: [],
    stuck: [],
    lost: [],
  });
  return { world, states: states as Map<string, Operation> };
}

/** Every callback that was answered as accepted is in its operation's stream; 20 are kept after its end. */
async function lostCallbacks(world: World): Promise<string[]> {
  const lost: string[] = [];
  for (const { stream, commandId } of world.accepted) {
    const { events } = await world.store.readStream(stream);
    const found = events.some(({ metadata }) => (JSON.parse(metadata) as EventMetadata).commandId === commandId);
    if (!found && events.filter(({ type }) => type === 'AnswerReceived').length < 20) lost.push(commandId);
  }
  return lost;
}

/** Of each need and direction: the keys under which the outside really did something. */
function applied(world: World): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  for (const key of world.outside.applied.keys()) {
    const step = key.slice(0, key.lastIndexOf('/'));
    keys.set(step, (keys.get(step) ?? new Set()).add(key));
  }
  return keys;
}

/** The outside has what the state says, or the state says who must act. */
function expectAgreement(world: World, stream: string, state: Operation): void {
  const there = needsOf(state).filter(({ need }) => exists(world, `${stream}/${need.id}`));
  if (state.status === 'PROVISIONED') expect(there).toHaveLength(3);
  if (state.status === 'DEPROVISIONED') expect(there).toEqual([]);
  if (state.status.endsWith('FAILED')) expect(legalCommands(state)).not.toEqual([]);
}

describe.each([1, 3])('operations on the shipped runner in virtual time, %i processes', (processes) => {
  it('come to the same resources as undisturbed, each made once', async () => {
    const values = (states: Map<string, Operation>) =>
      [...states].map(([id, state]) => [id, needsOf(state).map(resourceOf)]);
    const undisturbed = values((await run(operations, SEED, 1, 0)).states);
    for (let i = 0; i < SCHEDULES; i++) {
      const { world, states } = await run(operations, SEED + i, processes, 0.3);
      expect(values(states)).toEqual(undisturbed);
      expect([...applied(world).values()].every((keys) => keys.size === 1)).toBe(true);
    }
  }, 900_000);

  it('end or show who must act, whatever people do meanwhile', async () => {
    for (let i = 0; i < SCHEDULES; i++) {
      const { world, states } = await run(meddledWith, SEED + i, processes, 0.3);
      for (const [stream, state] of states) expectAgreement(world, stream, state);
    }
  }, 900_000);
});
