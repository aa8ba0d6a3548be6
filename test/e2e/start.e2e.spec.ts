import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, freePort } from './child.js';
import { preload, SANDBOX, SERVER } from './programs.js';
import { root as ROOT } from '../repository/repository.js';
import { World } from './world.js';

let world: World;
let folder: string;
let taken: number;
let other: Server;
beforeAll(async () => {
  world = await World.start();
  folder = mkdtempSync(join(tmpdir(), 'purveyor-start-'));
  taken = await freePort();
  other = createServer().listen(taken, '127.0.0.1');
  await once(other, 'listening');
}, 60_000);
afterAll(async () => {
  await world?.stop();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What a person would read: no log lines of the server, which are JSON. */
  readonly lines: readonly string[];
}

/** Runs a program that is expected to end by itself. */
async function run(script: string, env: Record<string, string>, ...args: string[]): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, env: { PATH, HOME, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('{') && !line.startsWith('Building'));
  return { code, signal, lines };
}

const START = 'scripts/start.mjs';
const fresh = async () => ({
  PURVEYOR_PORT: String(await freePort()),
  PURVEYOR_SANDBOX_PORT: String(await freePort()),
  PURVEYOR_DATA_DIR: join(folder, 'data'),
});

describe('a start that cannot be', () => {
  it.each([
    { script: SERVER, variable: 'PURVEYOR_PORT', what: 'Port' },
    { script: START, variable: 'PURVEYOR_PORT', what: 'Port' },
    { script: START, variable: 'PURVEYOR_SANDBOX_PORT', what: 'Port' },
    { script: SANDBOX, variable: 'PURVEYOR_SANDBOX_PORT', what: 'Port' },
  ])(
    '$script says in one line that the port of $variable is busy',
    async ({ script, variable }) => {
      const sandbox = { PURVEYOR_SANDBOX_DATA_DIR: join(folder, 'sandbox') };
      const { code, lines } = await run(script, { ...(await fresh()), ...sandbox, [variable]: String(taken) });
      expect([code, lines]).toEqual([1, [expect.stringMatching(`^Port ${taken}.* in use: stop .* set ${variable}`)]]);
    },
    60_000,
  );

  it.each([SERVER, START])(
    '%s says in one line which process owns the data directory',
    async (script) => {
      const { code, lines } = await run(script, { ...(await fresh()), PURVEYOR_DATA_DIR: world.dataDir });
      const says = /^The data directory .* is in use by process \d+; stop it first or .*\(PURVEYOR_DATA_DIR\)\.$/;
      expect([code, lines]).toEqual([1, [expect.stringMatching(says)]]);
      expect((await world.api('GET', '/readyz')).status).toBe(200);
    },
    60_000,
  );

  it.each<{ env: Record<string, string>; says: RegExp }>([
    { env: { PURVEYOR_EVENT_STORE: 'esdb://127.0.0.1:2113' }, says: /PURVEYOR_EVENT_STORE/ },
    { env: { PURVEYOR_READ_MODELS: 'postgres://127.0.0.1/p' }, says: /PURVEYOR_READ_MODELS/ },
    { env: { PURVEYOR_PORT: 'many' }, says: /PURVEYOR_PORT/ },
  ])('the server names $says', async ({ env, says }) => {
    const { code, lines } = await run(SERVER, { ...(await fresh()), ...env });
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(says);
    expect(lines.join('\n')).not.toMatch(/\bat .*\.js:/);
  });
});

describe('a data directory that is not as it was left', () => {
  const damaged = async () => {
    const env = await fresh();
    const directory = mkdtempSync(join(folder, 'left-'));
    return { ...env, PURVEYOR_DATA_DIR: directory, PURVEYOR_DEFAULT_SCHEDULES: 'off' };
  };
  const server = (env: Awaited<ReturnType<typeof damaged>>, ...args: string[]) =>
    new Child(SERVER, `http://127.0.0.1:${env.PURVEYOR_PORT}/readyz`, env, args);
  const inLog = <T>(env: { PURVEYOR_DATA_DIR: string }, work: (db: DatabaseSyncInstance) => T): T => {
    const db = new DatabaseSync(join(env.PURVEYOR_DATA_DIR, 'log.db'));
    try {
      return work(db);
    } finally {
      db.close();
    }
  };

  it('is told from one that has lost acknowledged events, left as it is, and goes on when the loss is accepted', async () => {
    const env = await damaged();
    const first = server(env);
    await first.ready();
    // The products are on record, and the views have seen them.
    expect((await fetch(`http://127.0.0.1:${env.PURVEYOR_PORT}/api/products?min_position=4`)).status).toBe(200);
    await first.end('SIGTERM');
    // As SQLite leaves it when it cuts the write-ahead log at a bad frame: the end is gone, and with it the mark of the clean stop.
    inLog(env, (db) =>
      db.exec(`DELETE FROM appends WHERE position > 3; UPDATE meta SET value = 0 WHERE key = 'clean_position'`),
    );
    const { code, lines } = await run(SERVER, env);
    const says =
      /acknowledged events are missing: the read models are at position \d+, the log ends at [123]; --accept-loss/;
    expect([code, lines]).toEqual([1, [expect.stringMatching(says)]]);
    expect(inLog(env, (db) => db.prepare(`SELECT value FROM meta WHERE key = 'clean_position'`).get())).toEqual({
      value: 0,
    });
    const settings = { ...env, PURVEYOR_DEMO: 'off' };
    const again = new Child(START, `http://127.0.0.1:${env.PURVEYOR_PORT}/readyz`, settings, ['--accept-loss']);
    await again.ready();
    await again.end('SIGTERM');
  }, 60_000);

  it('is started by no argument that npm start does not know', async () => {
    const { code, lines } = await run(START, await damaged(), '--accept-los');
    expect([code, lines]).toEqual([2, [expect.stringMatching(/does not know --accept-los; it takes --accept-loss/)]]);
  });

  it('is told from one whose vault is gone: nothing takes its place', async () => {
    const env = await damaged();
    const first = server(env);
    await first.ready();
    await first.end('SIGTERM');
    const gone = () => readdirSync(env.PURVEYOR_DATA_DIR).filter((name) => /^(vault|subject-keys)\.db/.test(name));
    for (const name of gone()) rmSync(join(env.PURVEYOR_DATA_DIR, name));
    const { code, lines } = await run(SERVER, env);
    expect([code, lines]).toEqual([
      1,
      [
        expect.stringMatching(
          /vault\.db and subject-keys\.db in .* restore it from a backup; .*server\.js --accept-loss/,
        ),
      ],
    ]);
    expect(gone()).toEqual([]);
  }, 60_000);

  it('says which file holds the views when that is damaged, and what to do', async () => {
    const env = await damaged();
    writeFileSync(join(env.PURVEYOR_DATA_DIR, 'read-models.db'), 'no database '.repeat(1_000));
    const { code, lines } = await run(SERVER, env);
    expect([code, lines]).toEqual([
      1,
      [expect.stringMatching(/^The server cannot start: the views in .*read-models\.db .* remove it/)],
    ]);
  });

  it.each([SERVER, START])(
    '%s says in one line that the directory cannot be written',
    async (script) => {
      const env = await damaged();
      // Also root cannot write below a file.
      writeFileSync(join(env.PURVEYOR_DATA_DIR, 'file'), '');
      const { code, lines } = await run(script, {
        ...env,
        PURVEYOR_DATA_DIR: join(env.PURVEYOR_DATA_DIR, 'file', 'data'),
      });
      expect([code, lines]).toEqual([
        1,
        [expect.stringMatching(/the data directory .* cannot be .*PURVEYOR_DATA_DIR/i)],
      ]);
    },
    60_000,
  );
});

describe('a server that is asked to stop while it starts', () => {
  it('stops as at any other time', async () => {
    const { signal, lines } = await run(SERVER, { ...(await fresh()), ...preload('stop-while-starting') });
    expect([signal, lines]).toEqual(['SIGTERM', []]);
  }, 60_000);
});
