import { describe, expect, it } from '@jest/globals';
import type { StartedProcess } from '#workflow';
import { meddled } from './meddled.js';
import { World } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const SCHEDULES = FULL ? 400 : 30;
console.log(`simulation of operators who meddle: seed ${SEED}, ${SCHEDULES} schedules each`);

/** What the steps of a process that was turned round did and did not take back. */
function notUndone(world: World, states: ReadonlyMap<string, unknown>): string[] {
  const applied = [...world.outside.applied.keys()];
  return [...states].flatMap(([stream, found]) => {
    const state = found as StartedProcess;
    if (state.rare?.undoing === undefined || state.rare.undoing.step !== undefined) return [];
    const rows = [...state.requests, ...Object.values(state.dynamic)];
    const done = rows.flatMap((row) => (row?.status === 'done' && /(^|\/)[uvw]$/.test(row.step) ? row.step : []));
    const left = (step: string) =>
      state.duties[`$undo/${step}`]?.status === 'skipped' ||
      applied.some((key) => key.startsWith(`${stream}/$undo/${step}/`));
    return done.filter((step) => !left(step)).map((step) => `${stream}/${step}`);
  });
}

describe('operators who meddle', () => {
  for (const count of [1, 3])
    it(`leave every process with an end, with ${count} process${count > 1 ? 'es' : ''}`, async () => {
      for (let i = 0; i < SCHEDULES; i++) {
        const seed = SEED + i;
        const world = new World(meddled, seed, count, 0.3);
        const { open, states } = await world.run();
        const stuck = world.nodes.flatMap((node) => node.stuck);
        const seen = { seed, open, stuck, notUndone: notUndone(world, states), violations: world.violations };
        expect(seen).toEqual({ seed, open: [], stuck: [], notUndone: [], violations: [] });
      }
    }, 900_000);
});
