import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { revision, type WorkMessage } from '#event-store';
import type { EventStoreDbStore } from '../../libs/event-store/eventstoredb/index.js';
import { chained } from '#testing';
import { event, fillStream, until } from './contract.support.js';
import { openView, ownView, servers, type TestServer } from './servers.js';

const GROUP = 'work-v1';

describe.each(servers)('work groups: %s', (_name, start) => {
  let server: TestServer;
  let store: EventStoreDbStore;
  const stopped = new Set<AbortController>();
  beforeEach(async () => {
    server = await start();
    store = await openView(server.url, ownView());
  });
  afterEach(async () => {
    for (const stop of stopped) stop.abort();
    await store.groups.remove(GROUP).catch(() => {});
    await store.close();
    await server.stop();
  });

  /** A worker that notes what it gets and does `then` with it. */
  function worker(then: (message: WorkMessage) => void, inFlight?: number) {
    const stop = new AbortController();
    stopped.add(stop);
    const got: string[] = [];
    const done = (async () => {
      for await (const message of store.groups.feed(GROUP, { inFlight }).messages(stop.signal)) {
        got.push(`${message.stream}@${message.revision}`);
        then(message);
      }
    })();
    return { got, done, stop: () => stop.abort() };
  }

  const ack = (message: WorkMessage) => message.ack();
  const workers = async (count: number) => until(async () => (await store.groups.info(GROUP))?.workers === count);

  it('are made at the end of the log, pinned, and updated when they exist', async () => {
    await fillStream(store, 'process-old', [1]);
    expect(await store.groups.info(GROUP)).toBeUndefined();
    expect(await store.groups.setup(GROUP, ['process-'])).toBe('created');
    expect(await store.groups.setup(GROUP, ['process-'])).toBe('updated');
    expect(await store.groups.info(GROUP)).toMatchObject({ name: GROUP, strategy: 'Pinned', parked: 0, workers: 0 });
    expect((await store.groups.list()).map(({ name }) => name)).toEqual([GROUP]);
    const { got } = worker(ack);
    await fillStream(store, 'process-new', [1]);
    await until(() => got.length > 0);
    expect(got).toEqual(['process-new@0']);
  });

  it('give what matches their prefixes, with its metadata, and one stream to one worker', async () => {
    await store.groups.setup(GROUP, ['process-', 'portfolio-']);
    const commands = new Set<string>();
    const workersMade = [1, 2].map(() =>
      worker((message) => {
        commands.add(message.metadata.commandId);
        message.ack();
      }),
    );
    await workers(2);
    const streams = Array.from({ length: 12 }, (_, n) => `process-${n}`);
    await Promise.all([...streams, 'subscription-1', 'portfolio-1'].map((stream) => fillStream(store, stream, [1, 1])));
    await until(() => workersMade.flatMap(({ got }) => got).length >= 26);
    const [first, second] = workersMade.map(({ got }) => got);
    expect([...first!, ...second!].sort()).toEqual(
      [...streams, 'portfolio-1'].flatMap((stream) => [`${stream}@0`, `${stream}@1`]).sort(),
    );
    const streamsOf = (got: readonly string[]) => new Set(got.map((each) => each.split('@')[0]));
    expect([...streamsOf(first!)].filter((stream) => streamsOf(second!).has(stream))).toEqual([]);
    expect(first!.length * second!.length).toBeGreaterThan(0);
    expect(commands).toEqual(new Set(['test']));
  });

  it('give a message again that was refused, to whoever is there', async () => {
    await store.groups.setup(GROUP, ['process-']);
    const retries: number[] = [];
    worker((message) => {
      retries.push(message.retries);
      if (message.retries < 2) message.nack('not yet');
      else message.ack();
    });
    await fillStream(store, 'process-1', [1]);
    await until(() => retries.length >= 3);
    expect(retries).toEqual([0, 1, 2]);
  });

  it('park what is refused too often, list it, and give it again on command', async () => {
    await store.groups.setup(GROUP, ['process-']);
    let refusing = true;
    const { got } = worker((message) => (refusing ? message.nack('broken') : message.ack()));
    await fillStream(store, 'process-1', [1]);
    await until(async () => (await store.groups.parked(GROUP)).length > 0);
    const [parked] = await store.groups.parked(GROUP);
    expect(parked).toMatchObject({
      stream: 'process-1',
      revision: 0,
      reason: expect.stringMatching(/^Reached retry count of \d+$/),
    });
    expect(parked!.parkedAt).toBeGreaterThan(Date.now() - 86_400_000);
    expect((await store.groups.info(GROUP))?.parked).toBe(1);
    const before = got.length;
    refusing = false;
    await store.groups.replayParked(GROUP);
    await until(() => got.length > before);
    expect(got.slice(before)).toEqual(['process-1@0']);
    await until(async () => (await store.groups.info(GROUP))?.parked === 0);
    expect(await store.groups.parked(GROUP)).toEqual([]);
  });

  it('give what a worker that went had not acknowledged to another', async () => {
    await store.groups.setup(GROUP, ['process-']);
    const idle = worker(() => {});
    await fillStream(store, 'process-1', [2]);
    await until(() => idle.got.length >= 2);
    const other = worker(ack);
    await workers(2);
    idle.stop();
    await idle.done;
    await until(() => other.got.length >= 2);
    expect([...other.got].sort()).toEqual(['process-1@0', 'process-1@1']);
  });

  it('come back by themselves when a group was deleted and made again', async () => {
    await store.groups.setup(GROUP, ['process-']);
    const { got } = worker(ack);
    const { head } = await fillStream(store, 'process-1', [1]);
    await until(() => got.length === 1);
    await store.groups.remove(GROUP);
    await until(() => store.health.state === 'degraded');
    await store.groups.setup(GROUP, ['process-']);
    await workers(1);
    await store.append('process-1', revision(0), chained('process-1', head, [event(2)]).events);
    await until(() => got.length === 2);
    expect(got).toEqual(['process-1@0', 'process-1@1']);
    expect(store.health.state).toBe('connected');
  });
});
