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
  { name: '6 steps, one at a time', runs: 2_000, inFlight: 1, pauseMs: 0, rounds: 5 },
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

/** One side of a scenario, opened once and warmed up by a whole round: what is compared is running, not starting. */
interface Side {
  /** Durations of its steps from now on. */
  pause: () => number;
  round(): Promise<Round>;
  close(): Promise<void>;
}

async function engineSide({ runs, inFlight, http = false }: Scenario, directory: string): Promise<Side> {
  const engine = await Engine.open(directory, () => side.pause());
  if (http) await engine.listen();
  const run = http ? () => engine.runOverHttp() : () => engine.run();
  const side: Side = {
    pause: () => 0,
    async round() {
      const began = performance.now();
      const round = await closedLoop(runs, inFlight, run);
      await engine.caughtUp();
      return { ...round, runsPerSecond: runs / ((performance.now() - began) / 1000) };
    },
    close: () => engine.close(),
  };
  return side;
}

function bareSide({ runs, inFlight }: Scenario, directory: string): Side {
  const bare = new BareLoop(directory);
  let rounds = 0;
  const side: Side = {
    pause: () => 0,
    round() {
      const name = rounds++;
      return closedLoop(runs, inFlight, (n) => bare.run(`run-${name}-${n}`, () => side.pause()));
    },
    close: async () => bare.close(),
  };
  return side;
}

async function measure(scenario: Scenario): Promise<Line> {
  const directory = fresh();
  const [engine, bare] = [await engineSide(scenario, directory), bareSide(scenario, fresh())];
  const [engines, bares]: [Round[], Round[]] = [[], []];
  const cpus: number[] = [];
  for (let round = 0; round <= scenario.rounds; round++) {
    for (const side of [bare, engine]) side.pause = pause(scenario.pauseMs, round);
    const bareRound = await bare.round();
    const cpu = process.cpuUsage();
    const engineRound = await engine.round();
    const { user, system } = process.cpuUsage(cpu);
    if (round === 0) continue;
    bares.push(bareRound);
    engines.push(engineRound);
    cpus.push(Math.round((user + system) / scenario.runs));
  }
  const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  await Promise.all([engine.close(), bare.close()]);
  const ratioOf = (value: (round: Round) => number) =>
    Number(median(engines.map((round, i) => value(round) / value(bares[i]!))).toFixed(2));
  return {
    scenario: scenario.name,
    ratio: ratioOf((round) => round.runsPerSecond),
    latencyRatio: ratioOf((round) => round.p50),
    engine: middle(engines),
    bare: middle(bares),
    bytesPerRun: Math.round(bytes(directory) / (scenario.runs * (scenario.rounds + 1))),
    cpuUsPerRun: median(cpus),
    rssMb,
  };
}

const middle = (rounds: readonly Round[]): Round => ({
  runsPerSecond: Math.round(median(rounds.map((r) => r.runsPerSecond))),
  p50: Number(median(rounds.map((r) => r.p50)).toFixed(2)),
  p99: Number(median(rounds.map((r) => r.p99)).toFixed(2)),
});

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
