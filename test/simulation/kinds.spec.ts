import { describe, expect, it } from '@jest/globals';
import type { StartedProcess } from '#workflow';
import { kinds } from './kinds.js';
import { World } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const SCHEDULES = FULL ? 400 : 30;
console.log(`simulation of every kind of step: seed ${SEED}, ${SCHEDULES} schedules each`);

async function run(seed: number, processes: number, trouble: number) {
  const world = new World(kinds, seed, processes, trouble);
  const { open, states } = await world.run();
  const stuck = world.nodes.flatMap((node) => node.stuck);
  const seen = { seed, open, violations: world.violations, stuck, notUndone: notUndone(world) };
  expect(seen).toEqual({ seed, open: [], violations: [], stuck: [], notUndone: [] });
  return [...states].map(([stream, state]) => [
    stream,
    (state as StartedProcess).status,
    (state as StartedProcess).data,
  ]);
}

/** What was really done for a process that is undone, and not really undone. */
function notUndone(world: World): string[] {
  const applied = [...world.outside.applied.keys()];
  const done = applied.filter((key) => /\/(u|both\/left\/v|both\/right\/w)\/\d+$/.test(key) && !key.includes('$undo'));
  return done.filter((key) => {
    const [, stream, step] = /^(process-[^/]+)\/(.*)\/\d+$/.exec(key)!;
    return !applied.some((other) => other.startsWith(`${stream}/$undo/${step}/`));
  });
}

describe('every kind of step in virtual time', () => {
  let undisturbed: unknown;

  it('comes to its end undisturbed, with what every kind adds', async () => {
    undisturbed = await run(SEED, 1, 0);
    expect(undisturbed).toEqual([
      ...[0, 1].map((n) => [expect.stringContaining(`${n}`), 'completed', everything]),
      ...[2, 3].map((n) => [expect.stringContaining(`${n}`), 'aborted', expect.objectContaining({ u: { value: 3 } })]),
    ]);
  });

  for (const count of [1, 3])
    it(`comes to the same under random schedules with ${count} process${count > 1 ? 'es' : ''}`, async () => {
      for (let i = 0; i < SCHEDULES; i++) expect(await run(SEED + i, count, 0.3)).toEqual(undisturbed);
    }, 900_000);
});

const d = { in: { d: { value: 3 } } };
const everything = {
  items: [1, 2, 3],
  a: { value: 3 },
  b: { value: 3 },
  c: { value: 3 },
  told: { value: 6 },
  answer: { size: 4 },
  kk: { value: 6 },
  fan: [d, d, d],
  r: { value: 3 },
  sub: { e: { value: 3 } },
};
