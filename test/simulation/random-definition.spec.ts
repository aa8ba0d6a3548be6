import { describe, expect, it } from '@jest/globals';
import type { StartedProcess } from '#workflow';
import { grown, stepsOf } from './random-definition.js';
import { World } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const DEFINITIONS = FULL ? 100 : 15;
const SCHEDULES = FULL ? 5 : 3;
console.log(`simulation of random definitions: seed ${SEED}, ${DEFINITIONS} definitions, ${SCHEDULES} schedules each`);

async function run(definition: number, schedule: number, processes: number, trouble: number) {
  const world = new World(grown(definition), schedule, processes, trouble);
  const { open, states } = await world.run();
  const stuck = world.nodes.flatMap((node) => node.stuck);
  const seen = { definition, schedule, open, violations: world.violations, stuck };
  expect(seen).toEqual({ definition, schedule, open: [], violations: [], stuck: [] });
  return [...states.values()].map((state) => [(state as StartedProcess).status, (state as StartedProcess).data]);
}

describe('random definitions', () => {
  it.each([1, 3])(
    'end as undisturbed under random schedules of crash, duplicate, late and early answers, with %i process(es)',
    async (processes) => {
      for (let n = 0; n < DEFINITIONS; n++) {
        const undisturbed = await run(SEED + n, SEED, 1, 0);
        expect(undisturbed[0]![0]).toBe('completed');
        for (let i = 0; i < SCHEDULES; i++) {
          const found = await run(SEED + n, SEED + n * 1_000 + i, processes, 0.3);
          const where = { seed: SEED + n, schedule: i, steps: stepsOf(SEED + n) };
          expect({ ...where, found }).toEqual({ ...where, found: undisturbed });
        }
      }
    },
    900_000,
  );
});
