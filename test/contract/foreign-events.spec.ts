import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { START, type Position } from '#event-store';
import {
  openEventStoreDb,
  type EventStoreDbStore,
  type ParkedEvent,
} from '../../libs/event-store/eventstoredb/index.js';
import { fillStream, ids, note, readEverything } from './contract.support.js';
import { openView, ownView, servers, standInServer, type TestServer } from './servers.js';

/** A server that others write to as well. */
describe.each(servers)('foreign events: %s', (_name, start) => {
  let server: TestServer;
  let store: EventStoreDbStore;
  let view: string;
  const parked: ParkedEvent[] = [];
  beforeEach(async () => {
    parked.length = 0;
    server = await start();
    view = ownView();
    store = await openEventStoreDb({ url: server.url, streamPrefix: view, onParked: (event) => parked.push(event) });
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  /** Written with the plain client, as another program would. */
  async function writeForeign(stream: string, event: { type?: string; bytes?: string; metadata?: string }) {
    const foreign = {
      id: randomUUID(),
      type: event.type ?? 'Foreign',
      contentType: 'application/octet-stream' as const,
      data: Buffer.from(event.bytes ?? 'no JSON'),
      metadata: Buffer.from(event.metadata ?? '{}'),
    };
    const { credentials = { username: 'none', password: 'none' } } = store.connection.base;
    await store.connection.client.appendToStream(stream, foreign, { expectedRevision: 'no_stream', credentials });
  }

  it('are out of sight in streams that are not ours', async () => {
    const { events } = await fillStream(store, 'process-1', [1]);
    await writeForeign(`other-${randomUUID()}`, {});
    expect(ids(await readEverything(store))).toEqual(ids(events));
    expect(ids(await readEverything(store, { types: ['Foreign', 'Happened'] }))).toEqual(ids(events));
    expect(parked).toEqual([]);
  });

  it('are parked in streams of ours: the log goes on, the stream says what is wrong', async () => {
    await writeForeign(`${view}process-1`, {});
    const { events } = await fillStream(store, 'process-2', [1]);
    expect(ids(await readEverything(store))).toEqual(ids(events));
    expect(parked).toEqual([
      { stream: 'process-1', revision: 0, position: expect.any(Number), reason: 'its content type is not JSON' },
    ]);
    await expect(store.readStream('process-1')).rejects.toMatchObject({
      code: 'corrupt',
      at: { stream: 'process-1', revision: 0 },
    });
  });

  it('are passed over where they are links, also to nothing', async () => {
    await writeForeign(`${view}process-1`, { type: '$>', bytes: '0@nowhere' });
    const { events } = await fillStream(store, 'process-2', [1]);
    expect(ids(await readEverything(store))).toEqual(ids(events));
    expect(parked).toEqual([]);
  });

  it('move the position of a subscription that is caught up', async () => {
    await fillStream(store, 'process-1', [1]);
    const abort = new AbortController();
    const seen: string[] = [];
    let head: Position | undefined;
    for await (const delivery of store.subscribe({ after: START, signal: abort.signal })) {
      seen.push(...note(delivery));
      if (head === undefined && delivery.kind === 'caughtUp') {
        await writeForeign(`other-${randomUUID()}`, {});
        head = await store.head();
      }
      if (head !== undefined && delivery.position >= head) abort.abort();
    }
    expect(head).toBeGreaterThan(START);
    expect(seen.filter((each) => each !== 'caughtUp')).toEqual(['process-1@0']);
  });
});

describe('installations on one server', () => {
  it.each([
    ['', 'purveyor_'],
    ['purveyor_', 'purveyor_test_'],
  ])('do not see each other: prefixes "%s" and "%s"', async (one, two) => {
    const server = await standInServer();
    const stores = await Promise.all([one, two].map((prefix) => openView(server.url, prefix)));
    expect(stores[0]!.logId).not.toBe(stores[1]!.logId);
    for (const store of stores) {
      const { events } = await fillStream(store, 'process-1', [2]);
      for (const filter of [undefined, { types: ['Happened'] }, { streamPrefixes: ['process-'] }])
        expect(ids(await readEverything(store, filter))).toEqual(ids(events));
      await store.groups.setup('work-v1', ['process-']);
      expect((await store.groups.list()).map(({ name }) => name)).toEqual(['work-v1']);
    }
    await expect(stores[0]!.append('no_category-1', 'no_stream', [])).rejects.toMatchObject({ code: 'store_refused' });
    await Promise.all(stores.map((store) => store.close()));
    await server.stop();
  });
});
