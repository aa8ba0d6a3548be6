import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root as ROOT } from '../repository/repository.js';
import { Child, freePort } from './child.js';
import { becomes, createOperation, need } from './operations.js';
import { facts } from './portfolios.js';
import { until, World } from './world.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
let world: World;
let folder: string;
const atTheCsp: Record<string, string | string[] | undefined>[] = [];
const csp = createServer((request, response) => {
  atTheCsp.push(request.headers);
  response.writeHead(503, { 'retry-after': '3600' }).end();
});

beforeAll(async () => {
  csp.listen(0, '127.0.0.1');
  await once(csp, 'listening');
  folder = mkdtempSync(join(tmpdir(), 'purveyor-commands-'));
  const PURVEYOR_CSP_URL = `http://127.0.0.1:${(csp.address() as AddressInfo).port}`;
  world = await World.start({ PURVEYOR_CSP_URL, PURVEYOR_LOG_LEVEL: 'debug' });
}, 60_000);
afterAll(async () => {
  await world?.stop();
  csp.close().closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

/** What `npm run` does: the script, with what it said. */
async function run(script: string, args: readonly string[], env: Record<string, string>) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, env: { PATH, HOME, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}
const db = (command: string, dataDir: string, ...args: string[]) =>
  run('scripts/db.mjs', [command, ...args], { PURVEYOR_DATA_DIR: dataDir });

describe('npm run doctor', () => {
  it('is content with free ports, and names the variable of one that is not', async () => {
    const ports = async () => ({
      PURVEYOR_PORT: String(await freePort()),
      PURVEYOR_SANDBOX_PORT: String(await freePort()),
      PURVEYOR_DATA_DIR: join(folder, 'none'),
    });
    const good = await run('scripts/doctor.mjs', [], await ports());
    expect(good).toEqual({ code: 0, said: expect.stringMatching(/^ok {3}Node: v\d+/m) });
    expect(good.said).not.toContain('FAIL');
    const taken = new URL(world.url).port;
    const bad = await run('scripts/doctor.mjs', [], { ...(await ports()), PURVEYOR_PORT: taken });
    const line = new RegExp(`^FAIL Port ${taken} \\(server\\): in use - set PURVEYOR_PORT`, 'm');
    expect(bad).toEqual({ code: 1, said: expect.stringMatching(line) });
  }, 60_000);
});

describe('npm run db:*', () => {
  it('backs up while the server runs, verifies, and restores to an empty directory only', async () => {
    const id = await createOperation(world, [need('a', 'instant')]);
    await becomes(world, id, 'PROVISIONED');
    const [backup, restored] = [join(folder, 'backup'), join(folder, 'restored')];
    expect(await db('backup', world.dataDir, backup)).toMatchObject({ code: 0 });
    expect(await db('restore', restored, backup)).toMatchObject({ code: 0 });
    const verified = await db('verify', restored);
    expect(verified.code).toBe(0);
    const report = JSON.parse(verified.said.slice(verified.said.indexOf('{'))) as { ok: boolean };
    expect(report.ok).toBe(true);
    writeFileSync(join(folder, 'something'), '');
    const refused = await db('restore', folder, backup);
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining(folder)]);
    expect((await db('backup', world.dataDir)).said).toContain('npm run db:backup DIR');
    expect((await db('nonsense', world.dataDir)).code).toBe(2);
  }, 180_000);
});

describe('npm start', () => {
  it('seeds once, prints where things are, ends at Ctrl-C; a second start keeps the data and does not seed again', async () => {
    const [port, sandbox] = [await freePort(), await freePort()];
    const base = `http://127.0.0.1:${port}`;
    const env = {
      PURVEYOR_PORT: String(port),
      PURVEYOR_SANDBOX_PORT: String(sandbox),
      PURVEYOR_DATA_DIR: join(folder, 'started'),
    };
    const ids = async (): Promise<string[]> => {
      const answer = await fetch(`${base}/api/portfolios`);
      return ((await answer.json()) as { items: { id: string }[] }).items.map(({ id }) => id);
    };
    const start = async () => {
      const child = new Child('scripts/start.mjs', `${base}/readyz`, env);
      await child.ready(60_000);
      await until(async () => child.log.includes('Stop with Ctrl-C'), Boolean, 30_000);
      return child;
    };
    const first = await start();
    for (const said of [`${base}/api`, `${base}/docs`, `${base}/openapi.json`, env.PURVEYOR_DATA_DIR, String(sandbox)])
      expect(first.log).toContain(said);
    expect(first.log.match(/^ {2}curl http/gm)).toHaveLength(3);
    const seeded = await until(ids, (found) => found.length > 0, 30_000);
    await until(async () => /demo/i.test(first.log.split('Stop with Ctrl-C')[1] ?? ''), Boolean, 60_000);
    const all = await ids();
    await first.end('SIGINT');
    expect(await first.ended(0)).toBeNull();
    await expect(fetch(`${base}/readyz`)).rejects.toThrow();
    await expect(fetch(`http://127.0.0.1:${sandbox}/healthz`)).rejects.toThrow();
    const second = await start();
    expect(await ids()).toEqual(all);
    expect(all).toEqual(expect.arrayContaining(seeded));
    await second.end('SIGINT');
  }, 240_000);
});

describe('a trace', () => {
  it('that a request brings reaches the CSP, with its correlation id', async () => {
    const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, 'x-correlation-id': 'trace-me' };
    const body = { name: 'traced', csp: 'azure', plan_version: 1, facts: facts() };
    expect((await world.api('POST', '/api/portfolios', body, headers)).status).toBe(202);
    await until(
      async () => atTheCsp.length,
      (asked) => asked > 0,
    );
    expect(atTheCsp[0]).toMatchObject({ 'x-correlation-id': 'trace-me', traceparent: expect.stringContaining(TRACE) });
  }, 30_000);
});

describe('the correlation id', () => {
  /** The lines of the server's log so far. */
  const lines = (): any[] => world.log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const create = (correlationId: string) => {
    const body = { name: correlationId, csp: 'azure', plan_version: 1, facts: facts() };
    return world.api('POST', '/api/portfolios', body, { 'x-correlation-id': correlationId });
  };

  it('is in every log line of a request, and of the effects it causes, also where flows are under way together', async () => {
    const flows = ['flow-1', 'flow-2', 'flow-3', 'flow-4'];
    const ids = (await Promise.all(flows.map(create))).map(({ body }) => body.id as string);
    const operation = await createOperation(world, [need('a', 'instant')]);
    await becomes(world, operation, 'PROVISIONED');
    for (const [i, flow] of flows.entries()) {
      const mine = await until(
        async () => lines().filter(({ stream }) => stream === `portfolio-${ids[i]}`),
        (found) => found.some(({ outcome }) => outcome === 'failed'),
        20_000,
      );
      expect(mine.map(({ correlationId }) => correlationId)).toEqual(mine.map(() => flow));
      const failed = mine.find(({ outcome }) => outcome === 'failed');
      expect(failed).toMatchObject({
        level: 'info',
        effect: expect.any(String),
        attempt: 1,
        failure: { kind: 'retryable' },
      });
      const answered = lines().filter((line) => line.correlationId === flow && line.route === '/api/portfolios');
      expect(answered).toMatchObject([{ method: 'POST', status: 202, level: 'debug' }]);
    }
    const done = lines().filter((line) => line.stream === `operation-${operation}`);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ correlationId }) => correlationId)).size).toBe(1);
    expect(flows).not.toContain(done[0].correlationId);
    const nameless = lines().filter((line) => ('route' in line || 'effect' in line) && !line.correlationId);
    expect(nameless).toEqual([]);
  }, 60_000);

  it('is in the line about a request that fails', async () => {
    const headers = { 'x-correlation-id': 'bad-one' };
    expect((await world.api('GET', '/api/portfolios?limit=0', undefined, headers)).status).toBe(400);
    const mine = await until(
      async () => lines().filter(({ correlationId }) => correlationId === 'bad-one'),
      (all) => all.length > 0,
    );
    expect(mine).toMatchObject([{ status: 400, route: '/api/portfolios' }]);
  });
});
