import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedStore, revision, START, verifyLog, type EventStore } from '#event-store';
import { chained } from '#testing';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/index.js';
import { startEventStoreStandIn, type EventStoreStandIn } from '../../libs/testing/eventstoredb/index.js';
import { SERVER } from './programs.js';

const NEW = { revision: -1, hash: '' };
const STREAMS = 40;
const ROUNDS = 25;
const EVENTS = STREAMS * ROUNDS * 2;
const PREFIX = 'moved_';

async function fill(store: EventStore): Promise<void> {
  const heads = new Map<string, typeof NEW>();
  for (let round = 0; round < ROUNDS; round++)
    await Promise.all(
      Array.from({ length: STREAMS }, async (_, n) => {
        const stream = `process-${n}`;
        const head = heads.get(stream) ?? NEW;
        const steps = ['StepStarted', 'StepCompleted'].map((type) => ({ type, data: { round } }));
        const next = chained(stream, head, steps);
        await store.append(stream, round === 0 ? 'no_stream' : revision(head.revision), next.events);
        heads.set(stream, next.head);
      }),
    );
}

const root = mkdtempSync(join(tmpdir(), 'purveyor-move-'));
const directory = join(root, 'data');
let server: EventStoreStandIn;
let original: readonly object[];
const open = (streamPrefix = PREFIX) => openEventStoreDb({ url: server.url, streamPrefix });

/** The command as a person runs it, as a process of its own. */
function move(prefix = PREFIX, to: readonly string[] = ['--to', server.url]) {
  const { PATH = '' } = process.env;
  const env = { PATH, PURVEYOR_DATA_DIR: directory, ...(prefix && { PURVEYOR_STREAM_PREFIX: prefix }) };
  const child = spawn(process.execPath, [SERVER, 'move', ...to], { env });
  const run = { child, output: '', ended: once(child, 'exit') };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (run.output += text.toString()));
  return run;
}

async function everything(store: EventStore) {
  const events: object[] = [];
  for (let after = START; ;) {
    const page = await store.readAll({ after });
    events.push(...page.events.map(({ position: _, ...event }) => event));
    if (page.end) return events;
    after = page.next;
  }
}

async function eventsThere(prefix = PREFIX): Promise<number> {
  const store = await open(prefix);
  try {
    return (await everything(store)).length;
  } finally {
    await store.close();
  }
}

beforeAll(async () => {
  server = await startEventStoreStandIn();
  const source = await openEmbeddedStore({ directory, walBytes: 0 });
  await fill(source);
  original = await everything(source);
  await source.close();
  const other = await open('');
  await other.append('order-1', 'no_stream', chained('order-1', NEW, [{ type: 'Ordered', data: {} }]).events);
  await other.close();
}, 60_000);
afterAll(async () => {
  await server?.close();
  rmSync(root, { recursive: true });
});

describe('move', () => {
  it('refuses to run while a server owns the directory', async () => {
    const owner = await openEmbeddedStore({ directory, walBytes: 0 });
    const run = move();
    expect((await run.ended)[0]).toBe(1);
    await owner.close();
    expect(run.output).toContain(`in use by process ${process.pid}`);
    expect(await eventsThere()).toBe(0);
  }, 30_000);

  it('refuses a store with streams of others, unless a prefix keeps them apart', async () => {
    const before = await eventsThere('');
    const run = move('');
    expect((await run.ended)[0]).toBe(1);
    expect(run.output).toMatch(/order-1@0.*PURVEYOR_STREAM_PREFIX/);
    expect(await eventsThere('')).toBe(before);
  }, 30_000);

  it('killed in the middle, twice, it goes on where it ended; the copy is the log', async () => {
    for (const atLeast of [EVENTS / 10, EVENTS / 3]) {
      const run = move();
      while ((await eventsThere()) < atLeast) {
        if (run.child.exitCode !== null) throw new Error(`move ended by itself:\n${run.output}`);
        await sleep(5);
      }
      run.child.kill('SIGKILL');
      expect((await run.ended)[1]).toBe('SIGKILL');
      expect(await eventsThere()).toBeLessThan(EVENTS);
    }
    const before = await eventsThere();
    const file = join(root, 'connection');
    writeFileSync(file, `${server.url}\n`);
    const last = move(PREFIX, ['--to-file', file]);
    expect([(await last.ended)[0], last.output]).toEqual([0, expect.stringContaining('Moved')]);
    expect(last.output).toContain(`${EVENTS - before} of ${EVENTS} events were written by this run`);
    expect(last.output).toContain(`Moved ${EVENTS} events in ${STREAMS} streams`);
    const target = await open();
    expect(await everything(target)).toEqual(original);
    expect(await verifyLog(target)).toMatchObject({ ok: true, events: EVENTS, streams: STREAMS });
    await target.close();
  }, 120_000);

  it('is harmless when repeated, and the old log is not opened for work any more', async () => {
    const again = move();
    expect((await again.ended)[0]).toBe(0);
    expect(again.output).toContain(`0 of ${EVENTS} events were written by this run`);
    await expect(openEmbeddedStore({ directory, walBytes: 0 })).rejects.toMatchObject({ code: 'log_moved' });
  }, 60_000);

  it('leaves the streams of others as they were', async () => {
    const other = await open('');
    const { events } = await other.readStream('order-1');
    expect(events.map(({ type }) => type)).toEqual(['Ordered']);
    await other.close();
  });
});
