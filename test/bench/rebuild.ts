import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventLog, openEmbeddedStore } from '#event-store';
import { askForRebuild, groups, listProjections, MAIN, openReadModels, startProjector } from '#read-models';
import { PostgresServer } from '#testing';
import { eventRegistry } from '../../apps/server/composition/event-types.js';
import { Engine } from './engine.js';
import { closedLoop, median } from './statistics.js';

const RUNS = 4_000;
const ROUNDS = 3;
const LOOK_MS = 5;

interface Speed {
  readonly eventsPerSecond: number;
  /** All threads of this process, user and system. */
  readonly cpuUsPerEvent: number;
}

async function timed(events: number, work: () => Promise<void> | void): Promise<Speed> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await work();
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    eventsPerSecond: Math.round(events / seconds),
    cpuUsPerEvent: Number(((user + system) / events).toFixed(1)),
  };
}

/** Reads every row of the log and parses what is in it, and nothing more. */
function bare(directory: string): number {
  const db = new DatabaseSync(join(directory, 'log.db'), { readOnly: true });
  const read = db.prepare(
    'SELECT position, stream_id, revision, body, hash FROM appends WHERE position > ? ORDER BY position LIMIT 1000',
  );
  let events = 0;
  for (let after = 0; ;) {
    const rows = read.all(after) as { position: number; body: string }[];
    if (rows.length === 0) break;
    for (const { position, body } of rows) {
      const [metadata, ...lines] = body.split('\n');
      JSON.parse(metadata!);
      for (const line of lines) JSON.parse(line.slice(line.indexOf('\t') + 1));
      events += lines.length;
      after = position;
    }
  }
  db.close();
  return events;
}

/** All main views, from asking until they are live; `at`: as PURVEYOR_READ_MODELS. */
async function rebuild(directory: string, at: string, events: number): Promise<readonly Speed[]> {
  const store = await openEmbeddedStore({ directory });
  const log = new EventLog(store, eventRegistry());
  const readModels = await openReadModels({ directory, at });
  const stop = new AbortController();
  const { projections } = groups.find(({ name }) => name === MAIN)!;
  const given = { store, decode: log.decode.bind(log), readModels, projections, owner: 'bench', signal: stop.signal };
  const projector = await startProjector(given);
  await projector.waitFor(await store.head(), 600_000);
  const speeds: Speed[] = [];
  for (let round = 0; round < ROUNDS; round++)
    speeds.push(
      await timed(events, async () => {
        for (const projection of projections) await askForRebuild(readModels, projection);
        while ((await listProjections(readModels)).some((each) => each.rebuild !== null))
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }),
    );
  stop.abort();
  await projector.done;
  await readModels.close();
  await store.close();
  return speeds;
}

const middle = (speeds: readonly Speed[]): Speed => ({
  eventsPerSecond: median(speeds.map((each) => each.eventsPerSecond)),
  cpuUsPerEvent: median(speeds.map((each) => each.cpuUsPerEvent)),
});

const directory = mkdtempSync(join(tmpdir(), 'purveyor-rebuild-'));
const server = await PostgresServer.start();
try {
  const engine = await Engine.open(directory, () => 0);
  await closedLoop(RUNS, 64, () => engine.run());
  await engine.close();
  const events = bare(directory);
  const reading: Speed[] = [];
  for (let round = 0; round < ROUNDS; round++) reading.push(await timed(events, () => void bare(directory)));
  const base = middle(reading);
  const sides: [string, Speed][] = [['SQLite', middle(await rebuild(directory, 'sqlite', events))]];
  if (server) sides.push(['PostgreSQL', middle(await rebuild(directory, await server.createDatabase(), events))]);
  const lines = sides.map(([name, speed]) => ({
    rebuild: name,
    events,
    'events/s': speed.eventsPerSecond,
    'bare events/s': base.eventsPerSecond,
    ratio: Number((speed.eventsPerSecond / base.eventsPerSecond).toFixed(2)),
    'cpu us/event': speed.cpuUsPerEvent,
    'bare cpu us/event': base.cpuUsPerEvent,
  }));
  console.table(lines);
  const target = process.argv[2];
  if (target !== undefined) writeFileSync(target, `${JSON.stringify({ node: process.version, lines }, null, 2)}\n`);
} finally {
  await server?.remove();
  rmSync(directory, { recursive: true, force: true });
}
