/**
 * `npm run bench -- rebuild [RUNS] [FILE]`: views built anew beside the live ones, from asking until they are live, side by side with a plain
 * loop that reads the same events, parses them and inserts one row each. By turns, so that whatever else the machine does slows all of them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventLog, openEmbeddedStore, type EmbeddedStore } from '#event-store';
import {
  askForRebuild,
  groups,
  listProjections,
  MAIN,
  openReadModels,
  startProjector,
  type Projection,
  type Projector,
} from '#read-models';
import { PostgresServer } from '#testing';
import { eventRegistry } from '../../apps/server/composition/event-types.js';
import { Engine } from './engine.js';
import { insertEach } from './insert-each.js';
import { closedLoop, median } from './statistics.js';

/** Of the reference job, 14 events each. */
const RUNS = Number(process.argv[2] ?? 30_000);
const ROUNDS = 5;
/** Asking costs as much as hundreds of events. */
const LOOK_MS = 20;

interface Speed {
  readonly eventsPerSecond: number;
  /** All threads of this process, user and system. */
  readonly cpuUsPerEvent: number;
}

interface Side {
  readonly name: string;
  readonly work: () => Promise<void> | void;
}

async function timed(events: number, { work }: Side): Promise<Speed> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await work();
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { eventsPerSecond: events / seconds, cpuUsPerEvent: (user + system) / events };
}

/** The groups of views over one database; `at`: as PURVEYOR_READ_MODELS. */
async function openViews(store: EmbeddedStore, at: string) {
  const log = new EventLog(store, eventRegistry());
  const readModels = await openReadModels({ directory: store.directory, at });
  const stop = new AbortController();
  const decode = log.decode.bind(log);
  const running: Projector[] = [];
  for (const { name, projections } of groups) {
    const given = { store, decode, readModels, projections, owner: `bench/${name}`, signal: stop.signal };
    running.push(await startProjector(given));
  }
  for (const projector of running) await projector.waitFor(await store.head(), 600_000);
  return {
    async rebuild(projections: readonly Projection[]): Promise<void> {
      for (const projection of projections) await askForRebuild(readModels, projection);
      while ((await listProjections(readModels)).some((each) => each.rebuild !== null))
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    },
    async close(): Promise<void> {
      stop.abort();
      await Promise.all(running.map(({ done }) => done));
      await readModels.close();
    },
  };
}

type Views = Awaited<ReturnType<typeof openViews>>;

const main = groups.find(({ name }) => name === MAIN)!.projections;

const sidesOf = (database: string, views: Views): Side[] => [
  ...['worklist', 'portfolios', 'processes'].map((view) => ({
    name: `${view}, ${database}`,
    work: () => views.rebuild(main.filter(({ name }) => name === view)),
  })),
  ...groups.map(({ name, projections }) => ({
    name: `group ${name} (${projections.length}), ${database}`,
    work: () => views.rebuild(projections),
  })),
];

/** Median of the rounds behind the first, which warms up; ratios are those of one round. */
async function measure(events: number, [base, ...sides]: readonly [Side, ...Side[]]) {
  const rounds: Speed[][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const speeds: Speed[] = [];
    for (const side of [base, ...sides]) speeds.push(await timed(events, side));
    if (round > 0) rounds.push(speeds);
  }
  return [base, ...sides].map(({ name }, n) => ({
    rebuild: name,
    'events/s': Math.round(median(rounds.map((speeds) => speeds[n]!.eventsPerSecond))),
    best: Math.round(Math.max(...rounds.map((speeds) => speeds[n]!.eventsPerSecond))),
    ratio: Number(median(rounds.map((speeds) => speeds[n]!.eventsPerSecond / speeds[0]!.eventsPerSecond)).toFixed(2)),
    'cpu us/event': Number(median(rounds.map((speeds) => speeds[n]!.cpuUsPerEvent)).toFixed(1)),
  }));
}

const directory = mkdtempSync(join(tmpdir(), 'purveyor-rebuild-'));
const server = await PostgresServer.start();
try {
  const engine = await Engine.open(directory, () => 0);
  await closedLoop(RUNS, 64, () => engine.run());
  await engine.close();
  const store = await openEmbeddedStore({ directory });
  const databases: [string, Views][] = [['SQLite', await openViews(store, 'sqlite')]];
  if (server) databases.push(['PostgreSQL', await openViews(store, await server.createDatabase())]);
  const base = { name: 'plain loop, a row for each event', work: () => insertEach(directory) };
  const events = await store.head();
  const lines = await measure(events, [base, ...databases.flatMap(([name, views]) => sidesOf(name, views))]);
  for (const [, views] of databases) await views.close();
  await store.close();
  console.log(`${events} events; processor time is that of this process, PostgreSQL's own is not in it`);
  console.table(lines);
  const target = process.argv[3];
  if (target !== undefined)
    writeFileSync(target, `${JSON.stringify({ node: process.version, events, lines }, null, 2)}\n`);
} finally {
  await server?.remove();
  rmSync(directory, { recursive: true, force: true });
}
