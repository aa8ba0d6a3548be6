import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEmbeddedStore, type EventStore } from '#event-store';
import { systemClock } from '#kernel';
import { SimulatedStore, VirtualClock } from '#testing';
import { LiveFeed, type Batch } from '../../apps/server/events/live-feed.js';
import { filterOf } from '../../apps/server/events/live-filter.js';
import { fillStream, readEverything } from './contract.support.js';
import { openView, ownView, servers } from './servers.js';
import { SEED } from '../../libs/testing/seed.js';

interface Opened {
  readonly store: EventStore;
  close(): Promise<void>;
}
async function embedded(): Promise<Opened> {
  const directory = await mkdtemp(join(tmpdir(), 'purveyor-live-'));
  const store = await openEmbeddedStore({ directory, walBytes: 0 });
  const close = async () => {
    await store.close();
    await rm(directory, { recursive: true });
  };
  return { store, close };
}
const logs: readonly (readonly [string, () => Promise<Opened>])[] = [
  ['embedded', embedded],
  ...servers.map(([name, start]) => {
    const open = async (): Promise<Opened> => {
      const server = await start();
      const store = await openView(server.url, ownView());
      return { store, close: () => store.close().then(() => server.stop()) };
    };
    return [name, open] as const;
  }),
];

const EVERYTHING = filterOf(undefined, undefined);
function chance(from: number): () => number {
  let state = from >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Frames from `after` until `enough` of them came; the client then goes away. */
async function take(feed: LiveFeed, filter: typeof EVERYTHING, after: number | undefined, enough: number) {
  const { client, at } = await feed.join(after);
  const seen: { position: number; frame: string }[] = [];
  for await (const { events } of feed.follow(filter, at, client)) {
    seen.push(...events);
    if (seen.length >= enough) break;
  }
  client.abort();
  return seen.slice(0, enough);
}

describe.each(logs)('the live feed: %s', (_name, open) => {
  let opened: Opened;
  let feed: LiveFeed;
  beforeEach(async () => {
    opened = await open();
  }, 30_000);
  afterEach(async () => {
    feed.close();
    await opened.close();
  });
  const live = (more: object = {}) =>
    (feed = new LiveFeed({ store: opened.store, clock: systemClock, clients: 10, ...more }));

  it(`misses nothing and repeats nothing, however often a client goes and comes again (seed ${SEED})`, async () => {
    const random = chance(SEED);
    live({ kept: 5 });
    const writing = (async () => {
      for (let i = 0; i < 20; i++) await fillStream(opened.store, `portfolio-${i}`, [1 + Math.floor(random() * 4), 2]);
    })();
    const seen: number[] = [];
    for (let last = 0; seen.length < 60; last = seen.at(-1)!)
      seen.push(...(await take(feed, EVERYTHING, last, 1 + Math.floor(random() * 9))).map(({ position }) => position));
    await writing;
    const all = (await readEverything(opened.store)).map(({ position }) => Number(position));
    expect(seen).toEqual(all.slice(0, seen.length));
    expect(feed.size).toBe(0);
  }, 30_000);

  it('gives a client from now on what is recorded, and only what it asked for', async () => {
    live();
    await fillStream(opened.store, 'process-1', [3], 'StepFailed');
    const { client, at } = await feed.join(undefined);
    await fillStream(opened.store, 'portfolio-1', [2], 'StepFailed');
    await fillStream(opened.store, 'process-2', [2], 'StepDone');
    await fillStream(opened.store, 'process-3', [1], 'StepFailed');
    const batches = feed.follow(filterOf('StepFailed', 'process'), at, client);
    const { value } = (await batches.next()) as { value: Batch };
    expect(value.events.map(({ stream, type }) => [stream, type])).toEqual([['process-3', 'StepFailed']]);
    client.abort();
    const before = await take(feed, filterOf(undefined, 'process-1'), 0, 3);
    expect(before).toHaveLength(3);
  }, 30_000);

  it('refuses a position that the log has not reached', async () => {
    live();
    await fillStream(opened.store, 'process-1', [1]);
    await expect(feed.join(Number.MAX_SAFE_INTEGER - 1)).rejects.toMatchObject({ code: 'bad_cursor', status: 400 });
    expect(feed.size).toBe(0);
  });
});

describe('the live feed', () => {
  const store = () => new SimulatedStore();

  it('takes in so many clients and no more, and a place that is free again', async () => {
    const feed = new LiveFeed({ store: store(), clock: systemClock, clients: 2 });
    const [first] = [await feed.join(undefined), await feed.join(undefined)];
    await expect(feed.join(undefined)).rejects.toMatchObject({
      code: 'too_many_clients',
      status: 503,
      extra: { retryAfter: 5 },
    });
    first.client.abort();
    const { client } = await feed.join(undefined);
    expect(client.signal.aborted).toBe(false);
    feed.close();
    expect([feed.size, client.signal.aborted]).toEqual([0, true]);
    await expect(feed.join(undefined)).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('says where it is when nothing came for a beat, also when all that came was filtered out', async () => {
    const [log, clock] = [store(), new VirtualClock()];
    const feed = new LiveFeed({ store: log, clock, clients: 1, beatMs: 1_000 });
    const { client, at } = await feed.join(undefined);
    const batches = feed.follow(filterOf(undefined, 'portfolio'), at, client);
    const next = batches.next();
    await fillStream(log, 'process-1', [1]);
    for (let i = 0; i < 20; i++) {
      await new Promise(setImmediate);
      clock.advance(100);
    }
    expect((await next).value).toEqual({ events: [], position: Number(await log.head()) });
    feed.close();
    expect((await batches.next()).done).toBe(true);
  });
});
