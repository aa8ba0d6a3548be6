import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, freePort } from './child.js';
import { expectProblem, facts, reaches } from './portfolios.js';
import { SERVER } from './programs.js';
import { as, made } from './tokens.js';
import { until, World } from './world.js';

const directory = mkdtempSync(join(tmpdir(), 'purveyor-access-'));
const file = join(directory, 'tokens');
const tokens = { reader: made('rita', 'read'), operator: made('otto', 'operate'), later: made('lena', 'read') };
const put = (...lines: string[]) => {
  writeFileSync(`${file}.new`, lines.join('\n'));
  renameSync(`${file}.new`, file);
};
const create = { name: 'Engine', csp: 'azure', plan_version: 1, facts: facts() };
let world: World;
beforeAll(async () => {
  put(tokens.reader.line, tokens.operator.line);
  world = await World.start({ PURVEYOR_TOKENS_FILE: file });
}, 60_000);
afterAll(async () => {
  await world?.stop();
  rmSync(directory, { recursive: true });
});

describe('a server with tokens', () => {
  it('asks who it is, with the header that says how', async () => {
    for (const authorization of ['', 'Bearer nobody', `Basic ${tokens.reader.value}`])
      for (const [method, path] of [
        ['GET', '/api/portfolios'],
        ['POST', '/api/portfolios'],
        ['POST', '/api/portfolios/any/continue'],
        ['PUT', '/api/processes/nothing/abort'],
        ['GET', '/metrics'],
      ] as const) {
        const answer = await world.api(method, path, method === 'GET' ? undefined : { unknown: 1 }, { authorization });
        expectProblem(answer, 401, 'unauthorized');
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
  });

  it('lets a reader read and not command', async () => {
    expect((await world.api('GET', '/api/portfolios', undefined, as(tokens.reader))).status).toBe(200);
    expect((await world.api('GET', '/metrics', undefined, as(tokens.reader))).status).toBe(200);
    const refused = await world.api('POST', '/api/portfolios', create, as(tokens.reader));
    expectProblem(refused, 403, 'forbidden');
    expect(refused.body).toMatchObject({ needs: 'operate', roles: ['read'] });
  });

  it('keeps health and the API reference open', async () => {
    for (const path of ['/healthz', '/readyz']) expect((await world.api('GET', path)).status).toBe(200);
    for (const path of ['/docs', '/openapi.json']) expect((await fetch(world.url + path)).status).toBe(200);
  });

  it('records who commanded; callbacks get in by their signature alone', async () => {
    const created = await world.api('POST', '/api/portfolios', create, as(tokens.operator));
    expect(created.status).toBe(202);
    const reader = as(tokens.reader);
    const get = async () => (await world.api('GET', `/api/portfolios/${created.body.id}`, undefined, reader)).body;
    await until(get, (found) => found?.state === 'COMPLETED');
    const audit = await world.api('GET', `/api/audit/streams/portfolio-${created.body.id}`, undefined, reader);
    const actors = audit.body.items.map((event: any) => event.metadata.actor);
    expect(actors[0]).toBe('otto');
    expect([...new Set(actors)].sort()).toEqual(['callback', 'otto']);
  });

  it('follows the file without a restart, and keeps the earlier tokens while it is broken', async () => {
    const list = async (token: { value: string }) =>
      (await world.api('GET', '/api/portfolios', undefined, as(token))).status;
    put(tokens.later.line);
    await until(
      () => list(tokens.later),
      (status) => status === 200,
    );
    expect(await list(tokens.reader)).toBe(401);
    put('not a line');
    const ready = async () => (await world.api('GET', '/readyz')).body;
    const degraded = await until(ready, ({ status }) => status === 'degraded');
    expect(degraded.checks.access).toMatchObject({ status: 'degraded', detail: expect.stringContaining('line 1') });
    expect(await list(tokens.later)).toBe(200);
    expect(world.log).toContain('the earlier tokens stay in force');
    for (const { value } of Object.values(tokens)) expect(world.log).not.toContain(value);
  });
});

describe('a server without tokens', () => {
  it('does not start on an address that others reach, and says why in one line', async () => {
    const port = await freePort();
    const child = new Child(SERVER, `http://127.0.0.1:${port}/readyz`, {
      PURVEYOR_HOST: '0.0.0.0',
      PURVEYOR_PORT: String(port),
      PURVEYOR_DATA_DIR: join(directory, 'data'),
    });
    expect(await child.ended(30_000)).toBeNull();
    expect(child.log.trim().split('\n')).toEqual([expect.stringContaining('PURVEYOR_TOKENS_FILE')]);
  });

  it('asks for none on loopback', async () => {
    const open = await World.start();
    try {
      const { status, body } = await open.api('POST', '/api/portfolios', create);
      expect(status).toBe(202);
      await reaches(open, body.id, 'COMPLETED');
      expect((await open.events(`portfolio-${body.id}`))[0]?.metadata['actor']).toBe('anonymous');
    } finally {
      await open.stop();
    }
  }, 60_000);
});
