import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedStore, revision, verifyLog, type EmbeddedStore } from '#event-store';

const CRASH = join(import.meta.dirname, 'crash');
/** Killed only when so many were acknowledged, so that the kill falls into full work whatever the machine's speed. */
const ACKNOWLEDGED = 1_000;
const ROUNDS = 3;

describe('kill -9 under load', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'purveyor-kill-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('loses no acknowledged append, tears none, and frees the directory', async () => {
    const directory = join(root, 'data');
    const record = join(root, 'acknowledged');
    for (let round = 1; round <= ROUNDS; round++) {
      await killUnderLoad(directory, record, round);
      const store = await openEmbeddedStore({ directory, walBytes: 0 });
      try {
        const lines = linesOf(record);
        expect(lines.length).toBeGreaterThanOrEqual(round * ACKNOWLEDGED);
        expect(await missingOf(store, lines)).toEqual([]);
        expect(await verifyLog(store)).toMatchObject({ ok: true });
      } finally {
        await store.close();
      }
    }
  }, 120_000);
});

async function killUnderLoad(directory: string, record: string, round: number): Promise<void> {
  const before = linesOf(record).length;
  const child = spawn(
    process.execPath,
    ['--import', join(CRASH, 'typescript.mjs'), join(CRASH, 'appender.mjs'), directory, record, String(round)],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const exited = once(child, 'exit');
  try {
    while (linesOf(record).length - before < ACKNOWLEDGED) {
      if (ended(child)) throw new Error(`the child ended by itself: ${complaint}`);
      await sleep(20);
    }
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Complete lines only: the kill may fall into a line, whose append then counts as not acknowledged. */
function linesOf(record: string): readonly string[] {
  return existsSync(record) ? readFileSync(record, 'utf8').split('\n').slice(0, -1) : [];
}

async function missingOf(store: EmbeddedStore, lines: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const line of lines) {
    const [stream, at, id] = line.split(' ');
    const page = await store.readStream(stream!, { from: revision(Number(at)), limit: 1 });
    if (page.events[0]?.id !== id) missing.push(line);
  }
  return missing;
}
