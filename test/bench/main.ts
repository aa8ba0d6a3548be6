import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BareLoop } from './bare-loop.js';
import { callbackLatency } from './callbacks.js';
import { Engine } from './engine.js';
import { recovery } from './recovery.js';
import { closedLoop, exponential, median, type Round } from './statistics.js';

interface Scenario {
  readonly name: string;
  readonly runs: number;
  readonly inFlight: number;
  /** Mean of the random duration of a step, ms; 0 for none. */
  readonly pauseMs: number;
  readonly rounds: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: '6 steps, 64 at once', runs: 2_000, inFlight: 64, pauseMs: 0, rounds: 5 },
  { name: '6 steps, one at a time', runs: 200, inFlight: 1, pauseMs: 0, rounds: 3 },
  { name: '6 steps of 5 ms mean, 256 at once', runs: 2_000, inFlight: 256, pauseMs: 5, rounds: 3 },
];

interface Line {
  readonly scenario: string;
  readonly ratio: number;
  readonly engine: Round;
  readonly bare: Round;
  readonly bytesPerRun: number;
  readonly rssMb: number;
}

const root = mkdtempSync(join(tmpdir(), 'purveyor-bench-'));
let directories = 0;
const fresh = () => {
  const directory = join(root, String(directories++));
  mkdirSync(directory);
  return directory;
};
const bytes = (directory: string): number =>
  readdirSync(directory)
    .filter((name) => name === 'log.db')
    .reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
const pause = (ms: number, seed: number): (() => number) => (ms === 0 ? () => 0 : exponential(seed, ms));

async function engineRound(
  { runs, inFlight, pauseMs }: Scenario,
  seed: number,
): Promise<{ round: Round; bytesPerRun: number }> {
  const directory = fresh();
  const engine = await Engine.open(directory, pause(pauseMs, seed));
  await closedLoop(Math.ceil(runs / 10), inFlight, () => engine.run());
  const began = performance.now();
  const round = await closedLoop(runs, inFlight, () => engine.run());
  await engine.caughtUp();
  const runsPerSecond = runs / ((performance.now() - began) / 1000);
  await engine.close();
  return { round: { ...round, runsPerSecond }, bytesPerRun: Math.round(bytes(directory) / (runs * 1.1)) };
}

async function bareRound({ runs, inFlight, pauseMs }: Scenario, seed: number): Promise<Round> {
  const bare = new BareLoop(fresh());
  const paused = pause(pauseMs, seed);
  await closedLoop(Math.ceil(runs / 10), inFlight, (n) => bare.run(`warm-${n}`, paused));
  const round = await closedLoop(runs, inFlight, (n) => bare.run(`run-${n}`, paused));
  bare.close();
  return round;
}

async function measure(scenario: Scenario): Promise<Line> {
  const [engines, bares, ratios, sizes]: [Round[], Round[], number[], number[]] = [[], [], [], []];
  for (let seed = 1; seed <= scenario.rounds; seed++) {
    const bare = await bareRound(scenario, seed);
    const { round, bytesPerRun } = await engineRound(scenario, seed);
    engines.push(round);
    bares.push(bare);
    ratios.push(round.runsPerSecond / bare.runsPerSecond);
    sizes.push(bytesPerRun);
  }
  const middle = (rounds: Round[]): Round => ({
    runsPerSecond: Math.round(median(rounds.map((r) => r.runsPerSecond))),
    p50: Number(median(rounds.map((r) => r.p50)).toFixed(2)),
    p99: Number(median(rounds.map((r) => r.p99)).toFixed(2)),
  });
  const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  const ratio = Number(median(ratios).toFixed(2));
  return {
    scenario: scenario.name,
    ratio,
    engine: middle(engines),
    bare: middle(bares),
    bytesPerRun: median(sizes),
    rssMb,
  };
}

const lines: Line[] = [];
try {
  for (const scenario of SCENARIOS) lines.push(await measure(scenario));
  const recovered = await recovery(fresh());
  const callbacks = await callbackLatency(fresh());
  console.table(
    lines.map(({ scenario, ratio, engine, bare, bytesPerRun, rssMb }) => ({
      scenario,
      ratio,
      'runs/s': engine.runsPerSecond,
      'bare runs/s': bare.runsPerSecond,
      'p50 ms': engine.p50,
      'p99 ms': engine.p99,
      'bare p50 ms': bare.p50,
      'log bytes/run': bytesPerRun,
      'rss MB': rssMb,
    })),
  );
  console.table([recovered]);
  console.table(callbacks);
  const json = JSON.stringify({ node: process.version, lines, recovered, callbacks }, null, 2);
  console.log(json);
  const target = process.argv[2];
  if (target !== undefined) writeFileSync(target, `${json}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
