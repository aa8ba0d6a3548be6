import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '#event-store';
import { loadConfig } from '#platform';
import { chained } from '#testing';
import { openEventStoreDb } from '../../../libs/event-store/eventstoredb/index.js';
import { startEventStoreStandIn, type EventStoreStandIn } from '../../../libs/testing/eventstoredb/index.js';
import { openParts } from './open-parts.js';
import { prepareSharedDirectory } from './shared-directory.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
/** Of processes that share a directory; nothing listens there. */
const POSTGRES = {
  PURVEYOR_READ_MODELS: 'postgres://127.0.0.1:1/views',
  PURVEYOR_VAULT_KEY: KEY,
  PURVEYOR_CALLBACK_KEYS: `one:${KEY}`,
  PURVEYOR_AUDIT_KEY: KEY,
};
const GONE = ['vault.db', 'subject-keys.db'];

let server: EventStoreStandIn;
let folder: string;
let prefix = 0;
let env: Record<string, string>;
beforeAll(async () => void (server = await startEventStoreStandIn()));
afterAll(() => server.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'purveyor-kept-'));
  env = {
    PURVEYOR_EVENT_STORE: server.url,
    PURVEYOR_STREAM_PREFIX: `kept${++prefix}_`,
    PURVEYOR_DATA_DIR: join(folder, 'data'),
    PURVEYOR_LOG_LEVEL: 'fatal',
  };
  await inLog('others_', (store) => happens(store));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function inLog(streamPrefix: string, work: (store: EventStore) => Promise<unknown>): Promise<void> {
  const store = await openEventStoreDb({ url: server.url, streamPrefix });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

async function happens(store: EventStore): Promise<void> {
  const { events } = chained('portfolio-1', { revision: -1, hash: '' }, [{ type: 'Happened', data: {} }]);
  await store.append('portfolio-1', 'no_stream', events);
}

const start = async (more: Record<string, string> = {}, acceptLoss = false) =>
  (await openParts(loadConfig({ ...env, ...more }), { acceptLoss })).close();
const ours = (work: (store: EventStore) => Promise<unknown>) => inLog(env['PURVEYOR_STREAM_PREFIX']!, work);
const file = (name: string) => join(env['PURVEYOR_DATA_DIR']!, name);

describe('the files to which the events of an EventStoreDB refer', () => {
  it('are made by the first start, though others have written there and the log has its id', async () => {
    await start();
    expect(GONE.map((name) => existsSync(file(name)))).toEqual([true, true]);
  });

  it.each(GONE)(
    'are asked for once we have events: without %s beside views in SQLite no start, unless the loss is accepted',
    async (name) => {
      await start();
      await ours(happens);
      rmSync(file(name));
      const says = `the log has events, but ${name} in ${env['PURVEYOR_DATA_DIR']}, to which they refer, is gone: restore it from a backup; \`npm start -- --accept-loss\`, or \`node dist/run/server.js --accept-loss\``;
      await expect(start()).rejects.toThrow(says);
      expect(existsSync(file(name))).toBe(false);
      await start({}, true);
      expect(existsSync(file(name))).toBe(true);
    },
  );

  it('are asked for in the directory that processes share, marked or not', async () => {
    await ours((store) => prepareSharedDirectory(env['PURVEYOR_DATA_DIR']!, store));
    await ours(happens);
    await expect(start(POSTGRES)).rejects.toThrow('vault.db and subject-keys.db in ');
    expect(GONE.map((name) => existsSync(file(name)))).toEqual([false, false]);
    const other = join(folder, 'unmounted');
    await expect(ours((store) => prepareSharedDirectory(other, store))).rejects.toThrow('mount the directory');
    expect(existsSync(other)).toBe(false);
  });
});
