import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventLog, openEmbeddedStore } from '#event-store';
import { projections } from '#read-models';
import { mulberry32 } from '#testing';
import { eventRegistry } from '../../apps/server/composition/event-types.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';
import { appendAll, CATEGORIES } from '../bench/population.events.js';
import { percentile } from '../bench/statistics.js';
import { reaches } from './portfolios.js';
import { load, type Load } from './rebuild.load.js';
import { StoppedViews } from './rebuild.fold.js';
import { until, World } from './world.js';

const EVENTS = FULL ? 1_000_000 : 20_000;
/** A subscription and the process that made it have nine events between them. */
const THINGS = Math.ceil(EVENTS / 9);
const SAMPLE = 300;
const VAULT_KEY = Buffer.alloc(32, 9);
const LONG = FULL ? 600_000 : 60_000;

let world: World;
beforeAll(async () => {
  world = await World.start({ PURVEYOR_VAULT_KEY: VAULT_KEY.toString('base64') });
}, 60_000);
afterAll(() => world?.stop());

/** Written to the log itself, in the place of a server that would have taken its time over it. */
async function fill(): Promise<number> {
  await world.kill9Server();
  const store = await openEmbeddedStore({ directory: world.dataDir });
  await appendAll(new EventLog(store, eventRegistry()), THINGS);
  const head = await store.head();
  await store.close();
  await world.restartServer({}, LONG);
  return head;
}

interface Status {
  readonly name: string;
  readonly checkpoint: number;
  readonly rebuild: object | null;
  readonly kept: object | null;
}

const statuses = async (): Promise<readonly Status[]> => (await world.api('GET', '/api/projections')).body.items;

/** Until every view holds every event up to `position`. */
const caughtUp = (position: number) =>
  until(statuses, (all) => all.every((each) => each.checkpoint >= position), LONG, 200);

const told = (what: string, { queries, commands, reads }: Load): string =>
  [['queries', queries] as const, ['commands', commands] as const, ['reads of what they made', reads] as const]
    .map(([name, ms]) => {
      const [p50, p99, most] = [0.5, 0.99, 1].map((p) => percentile(ms, p).toFixed(1));
      return `${ms.length} ${name} p50 ${p50} p99 ${p99} most ${most} ms`;
    })
    .join(', ')
    .concat(` ${what}`);

describe(`${EVENTS} events, seed ${SEED}`, () => {
  const streams: string[] = [];

  it(
    'are rebuilt in every view while commands and 50 queries a second go on: nobody is refused, nothing goes back',
    async () => {
      const filled = await fill();
      let began = Date.now();
      await caughtUp(filled);
      console.log(`views filled in ${Date.now() - began} ms`);
      const quiet = await loadedUntil(() => new Promise((resolve) => setTimeout(resolve, 3_000)));
      began = Date.now();
      const busy = await loadedUntil(async () => {
        for (const { name } of projections)
          expect((await world.api('POST', `/api/projections/${name}/rebuild`)).status).toBe(202);
        await until(statuses, (all) => all.every(({ rebuild, kept }) => rebuild === null && kept !== null), LONG, 200);
      });
      const seconds = (Date.now() - began) / 1_000;
      console.log(
        `${projections.length} views of ${filled} events and more rebuilt in ${seconds.toFixed(1)} s\n` +
          `${told('while they were', busy)}\n${told('before', quiet)}`,
      );
      expect([...quiet.wrong, ...busy.wrong]).toEqual([]);
      streams.push(...quiet.streams, ...busy.streams);
    },
    2 * LONG,
  );

  async function loadedUntil(work: () => Promise<unknown>): Promise<Load> {
    const stop = new AbortController();
    const loaded = load(world, stop.signal);
    await work().finally(() => stop.abort());
    return loaded;
  }

  it('left no command behind', async () => {
    expect(streams.length).toBeGreaterThan(3);
    for (const stream of streams) await reaches(world, stream.slice('portfolio-'.length), 'COMPLETED', 60_000);
  }, 180_000);

  it('made the rows that a fold of each stream by itself makes', async () => {
    const head = Math.max(...(await statuses()).map(({ checkpoint }) => checkpoint));
    await caughtUp(head);
    await world.stopServer();
    const views = new StoppedViews(world.dataDir, VAULT_KEY);
    try {
      expect(new Set(views.places())).toEqual(new Set([await views.head()]));
      expect([views.begun('process'), views.begun('portfolio')]).toEqual([THINGS, streams.length]);
      const random = mulberry32(SEED);
      const drawn = Array.from({ length: SAMPLE }, () => Math.floor(random() * THINGS));
      const sample = drawn.flatMap((n) => Object.values(CATEGORIES).map((made) => made.stream(n)));
      for (const stream of [...sample, ...streams])
        for (const { row, is, folded } of await views.compare(stream)) expect([row, is]).toEqual([row, folded]);
    } finally {
      await views.close();
    }
  }, 120_000);
});
