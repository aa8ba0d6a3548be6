import { describe, expect, it } from '@jest/globals';
import type { ProcessCommand, StartedProcess } from '#workflow';
import { kinds } from './kinds.js';
import { World, type Scenario } from './world.js';

const SEED = Number(process.env['PURVEYOR_SEED'] ?? Math.floor(Math.random() * 1e9));
const SCHEDULES = process.env['PURVEYOR_FULL'] === '1' ? 400 : 60;
console.log(`simulation of operators who meddle: seed ${SEED}, ${SCHEDULES} schedules each`);

const STEPS = [
  'group/a',
  'group/b',
  'both/left/cb/action',
  'both/right/child',
  'u',
  'both/left/v',
  'no',
  'fan/1/@in/d',
];

/** Any command at any time: most do not fit and are refused, which people live with. */
const commands = (random: () => number): readonly ProcessCommand[] => {
  const step = STEPS[Math.floor(random() * STEPS.length)]!;
  const told = { value: 1 };
  const result = { a: told, b: told, d: told, told, kk: told, u: told, v: told };
  const [time, reason, by] = [0, 'because', 'eve'];
  return [
    { type: 'AbortProcess', reason, by, time },
    { type: 'CompensateProcess', reason, by, time },
    { type: 'SkipStep', step, reason, result, by, time },
    { type: 'SetValue', path: '/items/0', value: 9, reason, by, time },
    { type: 'ResumeProcess', by, time },
    { type: 'ResumeProcess', input: { answer: { size: 1 } }, by, time },
    { type: 'SetNote', note: 'n', by, time },
  ];
};

const meddled: Scenario = {
  ...kinds,
  meddle: (random) => {
    const all = commands(random);
    return all[Math.floor(random() * all.length)]!;
  },
  // The outcome of a child that is aborted by hand, or a step that is passed over, is not what this is about.
  ended: (state: StartedProcess) => 'endedAt' in state,
};

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
