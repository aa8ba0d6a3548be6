import type { ProcessCommand } from '#workflow';
import { kinds } from './kinds.js';
import type { Scenario } from './world.js';

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

/** Every kind of step, with operators who meddle. */
export const meddled: Scenario = {
  ...kinds,
  meddle: (random) => {
    const all = commands(random);
    return all[Math.floor(random() * all.length)]!;
  },
};
