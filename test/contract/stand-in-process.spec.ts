import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { revision, type EncodedEvent } from '#event-store';
import { chained } from '#testing';
import { freePort } from '../../libs/testing/free-port.js';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/index.js';
import { event, NEW, readEverything } from './contract.support.js';

const MAIN = join(import.meta.dirname, '../../dist/libs/testing/eventstoredb/main.js');

/** The stand-in as a process, killed with -9 while it is written to, and started again on the same log and port. */
describe('EventStoreDB stand-in as a process', () => {
  let directory: string;
  let child: ChildProcess;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'purveyor-stand-in-'));
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });

  async function start(port?: number): Promise<{ url: string; controlPort: number }> {
    const ports = port === undefined ? [] : ['--ports', String(port)];
    child = spawn(process.execPath, [MAIN, '--file', join(directory, 'log'), ...ports], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    return JSON.parse(line.toString()) as { url: string; controlPort: number };
  }

  async function command(controlPort: number, path: string, body: unknown): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${controlPort}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return answer.status;
  }

  it('loses nothing acknowledged at kill -9, and the adapter writes on, each append once', async () => {
    const { url, controlPort } = await start(await freePort());
    const store = await openEventStoreDb({ url, streamPrefix: 'killed_' });
    try {
      expect(await command(controlPort, '/lose-answers', { count: 2 })).toBe(200);
      const written: EncodedEvent[] = [];
      let head = NEW;
      for (let n = 0; n < 60; n++) {
        if (n === 30) {
          child.kill('SIGKILL');
          await once(child, 'exit');
          setTimeout(() => void start(Number(new URL(url).port)), 300);
        }
        const next = chained('process-1', head, [event(n)]);
        await store.append('process-1', head.revision < 0 ? 'no_stream' : revision(head.revision), next.events);
        written.push(...next.events);
        head = next.head;
      }
      expect((await readEverything(store)).map(({ id }) => id)).toEqual(written.map(({ id }) => id));
    } finally {
      await store.close();
    }
  });

  it('does as it is told over its control port', async () => {
    const { url, controlPort } = await start();
    const state = (await (await fetch(`http://127.0.0.1:${controlPort}/`)).json()) as { url: string; leader: number };
    expect(state).toMatchObject({ url, leader: 0 });
    expect(await command(controlPort, '/fault', { fault: { kind: 'refuse' } })).toBe(200);
    await expect(openEventStoreDb({ url, readPatienceMs: 200 })).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await command(controlPort, '/fault', { fault: { kind: 'none' } })).toBe(200);
    const store = await openEventStoreDb({ url });
    await store.close();
    expect(store.logId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await command(controlPort, '/explode', {})).toBe(404);
  });
});
