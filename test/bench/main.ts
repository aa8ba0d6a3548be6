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
  /** Begun over HTTP rather than on the command bus. */
  readonly http?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: '6 steps, 64 at once', runs: 2_000, inFlight: 64, pauseMs: 0, rounds: 5 },
  { name: '6 steps, one at a time', runs: 200, inFlight: 1, pauseMs: 0, rounds: 3 },
  { name: '6 steps, 64 at once, over HTTP', runs: 2_000, inFlight: 64, pauseMs: 0, rounds: 3, http: true },
  { name: '6 steps of 5 ms mean, 256 at once', runs: 2_000, inFlight: 256, pauseMs: 5, rounds: 3 },
];

interface Line {
  readonly scenario: string;
  /** Runs a second, beside the bare loop's in the same round. */
  readonly ratio: number;
  /** Median latency, beside the bare loop's. */
  readonly latencyRatio: number;
  readonly engine: Round;
  readonly bare: Round;
  readonly bytesPerRun: number;
  /** Of all threads, user and system. */
  readonly cpuUsPerRun: number;
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
  { runs, inFlight, pauseMs, http = false }: Scenario,
  seed: number,
): Promise<{ round: Round; bytesPerRun: number; cpuUs: number }> {
  const directory = fresh();
  const engine = await Engine.open(directory, pause(pauseMs, seed));
  if (http) await engine.listen();
  const run = http ? () => engine.runOverHttp() : () => engine.run();
  await closedLoop(Math.ceil(runs / 10), inFlight, run);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const round = await closedLoop(runs, inFlight, run);
  await engine.caughtUp();
  const runsPerSecond = runs / ((performance.now() - began) / 1000);
  const { user, system } = process.cpuUsage(cpu);
  const cpuUs = Math.round((user + system) / runs);
  await engine.close();
  return { round: { ...round, runsPerSecond }, bytesPerRun: Math.round(bytes(directory) / (runs * 1.1)), cpuUs };
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
  const [engines, bares]: [Round[], Round[]] = [[], []];
  const [ratios, latencies, sizes, cpus]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let seed = 1; seed <= scenario.rounds; seed++) {
    const bare = await bareRound(scenario, seed);
    const { round, bytesPerRun, cpuUs } = await engineRound(scenario, seed);
    engines.push(round);
    bares.push(bare);
    ratios.push(round.runsPerSecond / bare.runsPerSecond);
    latencies.push(round.p50 / bare.p50);
    sizes.push(bytesPerRun);
    cpus.push(cpuUs);
  }
  const middle = (rounds: Round[]): Round => ({
    runsPerSecond: Math.round(median(rounds.map((r) => r.runsPerSecond))),
    p50: Number(median(rounds.map((r) => r.p50)).toFixed(2)),
    p99: Number(median(rounds.map((r) => r.p99)).toFixed(2)),
  });
  const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  return {
    scenario: scenario.name,
    ratio: Number(median(ratios).toFixed(2)),
    latencyRatio: Number(median(latencies).toFixed(2)),
    engine: middle(engines),
    bare: middle(bares),
    bytesPerRun: median(sizes),
    cpuUsPerRun: median(cpus),
    rssMb,
  };
}

const lines: Line[] = [];
try {
  for (const scenario of SCENARIOS) lines.push(await measure(scenario));
  const recovered = await recovery(fresh());
  const callbacks = await callbackLatency(fresh());
  console.table(
    lines.map(({ scenario, ratio, latencyRatio, engine, bare, bytesPerRun, cpuUsPerRun, rssMb }) => ({
      scenario,
      ratio,
      'latency ratio': latencyRatio,
      'runs/s': engine.runsPerSecond,
      'bare runs/s': bare.runsPerSecond,
      'p50 ms': engine.p50,
      'p99 ms': engine.p99,
      'bare p50 ms': bare.p50,
      'log bytes/run': bytesPerRun,
      'cpu us/run': cpuUsPerRun,
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
