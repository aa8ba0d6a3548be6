/**
 * `npm run bench -- growth [FEW] [MANY] [WAITING]`: what starting a process and a step cost with few and with many subscriptions and finished
 * processes in log and views; then processes that wait: the restart, memory, how late their timers are.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from './engine.js';
import { fillLog } from './population.js';
import { median } from './statistics.js';
import { waiting } from './waiting.js';

const [FEW, MANY, WAITING] = [2, 3, 4].map((at, i) => Number(process.argv[at] ?? [1_000, 100_000, 10_000][i]));
const ROUNDS = 5;
const RUNS = 60;

interface Side {
  readonly things: number;
  readonly filledSeconds: number;
  readonly engine: Engine;
}

async function openSide(directory: string, things: number): Promise<Side> {
  mkdirSync(directory);
  const ms = await fillLog(directory, things);
  return { things, filledSeconds: Math.round(ms / 1_000), engine: await Engine.open(directory, () => 0) };
}

/** Runs turn about, so that whatever else the machine does slows both sides; the medians of one round. */
async function round([few, many]: readonly [Side, Side]) {
  const times = { start: [[], []] as [number[], number[]], step: [[], []] as [number[], number[]] };
  for (let n = 0; n < RUNS; n++)
    for (const [i, { engine }] of [few, many].entries()) {
      const { startMs, stepMs } = await engine.timedRun();
      times.start[i]!.push(startMs);
      times.step[i]!.push(stepMs);
    }
  const pair = ([a, b]: [number[], number[]]): readonly [number, number] => [median(a), median(b)];
  return { start: pair(times.start), step: pair(times.step) };
}

const root = mkdtempSync(join(tmpdir(), 'purveyor-bench-'));
try {
  const sides = [await openSide(join(root, 'few'), FEW!), await openSide(join(root, 'many'), MANY!)] as const;
  console.table(sides.map(({ things, filledSeconds }) => ({ things, 'log and views filled in s': filledSeconds })));
  const rounds = [];
  for (let n = 0; n <= ROUNDS; n++) rounds.push(await round(sides));
  const measured = rounds.slice(1);
  const lines = (['start', 'step'] as const).map((what) => {
    const middle = (of: (pair: readonly [number, number]) => number) =>
      Number(median(measured.map((each) => of(each[what]))).toFixed(3));
    return {
      'cost of a': what,
      [`ms, ${FEW}`]: middle(([few]) => few),
      [`ms, ${MANY}`]: middle(([, many]) => many),
      ratio: middle(([few, many]) => many / few),
    };
  });
  for (const { engine } of sides) await engine.close();
  const waited = await waiting(join(root, 'waiting'), WAITING!);
  console.table(lines);
  console.table([waited]);
  console.log(JSON.stringify({ scenario: 'growth', few: FEW, many: MANY, lines, waited }));
} finally {
  rmSync(root, { recursive: true, force: true });
}
