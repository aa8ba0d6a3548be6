import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './child.js';
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
  /** What a person would read: no log lines of the server, which are JSON. */
  readonly lines: readonly string[];
}

/** Runs a program that is expected to end by itself. */
async function run(script: string, env: Record<string, string>): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [script], { cwd: ROOT, env: { PATH, HOME, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('{') && !line.startsWith('Building'));
  return { code, lines };
}

const SERVER = 'dist/apps/server/main.js';
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
    { script: 'dist/apps/sandbox/main.js', variable: 'PURVEYOR_SANDBOX_PORT', what: 'Port' },
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
