import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { StoreUnavailable } from '#event-store';
import { chained, SimulatedStore, VirtualClock } from '#testing';
import { Closing } from './closing.js';
import { openAttestor } from './open-attestor.js';

const MINUTE = 60_000;
let directory: string;
let clock: VirtualClock;
let store: SimulatedStore;
let closing: Closing;
let told: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purveyor-attestor-'));
  [clock, store, closing, told] = [new VirtualClock(), new SimulatedStore(), new Closing(), []];
});
afterEach(async () => {
  await closing.close();
  rmSync(directory, { recursive: true });
});

function open(config: { readonly checkpointSeconds: number; readonly roles: readonly string[] }) {
  const logger = { info: () => told.push('signed'), error: () => told.push('not signed') };
  const auditKey = new Uint8Array(32).fill(5);
  const given = { config: { ...config, auditKey, dataDir: directory }, logger, clock, store };
  return openAttestor(given as never, closing).checkpoints;
}

async function happens(stream: string): Promise<void> {
  const { events } = chained(stream, { revision: -1, hash: '' }, [{ type: 'Happened', data: {} }]);
  await store.append(stream, 'no_stream', events);
}

/** A minute goes by, and what began in it comes to its end. */
async function minute(): Promise<void> {
  const before = told.length;
  clock.advance(MINUTE);
  while (told.length === before) await turn();
  await turn();
}

describe('the log', () => {
  it('is checked and signed as often as the configuration says, also after a time when that could not be', async () => {
    const checkpoints = open({ checkpointSeconds: 60, roles: ['projector'] });
    const began = clock.now();
    const signed = () => checkpoints.checkpoints().map(({ count, time }) => [count, (time - began) / MINUTE]);
    await happens('job-1');
    expect(clock.next).toBe(began + MINUTE);
    await minute();
    expect(signed()).toEqual([[1, 1]]);
    await happens('job-2');
    const { readAll } = store;
    store.readAll = () => Promise.reject(new StoreUnavailable('away', true));
    await minute();
    store.readAll = readAll;
    await minute();
    expect([signed(), told]).toEqual([
      [
        [2, 3],
        [1, 1],
      ],
      ['signed', 'not signed', 'signed'],
    ]);
    await closing.close();
    expect(clock.next).toBeUndefined();
  });

  it.each([
    { checkpointSeconds: 0, roles: ['projector'] },
    { checkpointSeconds: 60, roles: ['api', 'worker'] },
  ])('is signed on demand only with %j', (config) => {
    open(config);
    expect(clock.next).toBeUndefined();
  });
});
