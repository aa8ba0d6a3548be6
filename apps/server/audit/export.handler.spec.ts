import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { chained, SimulatedStore } from '#testing';
import type { Parts } from '../composition/parts.js';
import { ExportEvents, ExportEventsHandler } from './export.handler.js';

const PAGES = 40;
const PAGE = 500;
/** So long nothing is read from the log: then nothing will be until the client takes what it was sent. */
const STILL_MS = 300;

const store = new SimulatedStore();
let pages = 0;
let server: Server;

/** Some 60 MB of lines: more than the buffers of a connection hold. */
beforeAll(async () => {
  let head = { revision: -1, hash: '' };
  for (let n = 0; n < PAGES; n++) {
    const events = Array.from({ length: PAGE }, () => ({ type: 'Said', data: { text: 'x'.repeat(1_000) } }));
    const next = chained('job-1', head, events);
    await store.append('job-1', head.revision < 0 ? 'no_stream' : (head.revision as never), next.events);
    head = next.head;
  }
  const { readAll } = store;
  store.readAll = function (options) {
    pages++;
    return readAll.call(this, options);
  };
  const parts = {
    store,
    log: {
      decodeFor: (_view: unknown, { data, ...stored }: { data: string }) => ({ ...stored, data: JSON.parse(data) }),
    },
    checkpoints: { checkpoints: () => [] },
    config: { auditKey: new Uint8Array(32) },
    clock: { now: () => 0 },
  } as unknown as Parts;
  server = createServer((_, reply) => {
    void new ExportEventsHandler(parts).execute(new ExportEvents({}, 'open')).then(({ body }) => body.pipe(reply));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** How many pages were read when nothing more is for a while. */
async function still(): Promise<number> {
  for (let before = -1; before !== pages;) {
    before = pages;
    await sleep(STILL_MS);
  }
  return pages;
}

it('an export is read from the log no faster than its client takes it, and goes on from there', async () => {
  const [answer] = (await once(
    get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }),
    'response',
  )) as [IncomingMessage];
  const held = await still();
  expect(held).toBeLessThan(PAGES / 2);
  expect(await still()).toBe(held);
  let lines = 0;
  for await (const chunk of answer) lines += (chunk as Buffer).toString('latin1').split('\n').length - 1;
  expect([lines, pages >= PAGES]).toEqual([PAGES * PAGE + 1, true]);
});
