import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EXIT } from '../exit-codes.js';
import { openSession } from '../options.js';
import { Client } from './client.js';
import { readList, type Paging } from './pages.js';

const ALL = Array.from({ length: 1_203 }, (_, n) => ({ n }));
let answer: RequestListener;
let server: Server;
let base: string;
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, reply) => {
    asked.push(request.url ?? '');
    answer(request, reply);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const client = (seconds?: number) => new Client(base, undefined, seconds, undefined);
const failing =
  (status: number, body: string): RequestListener =>
  (_, reply) =>
    reply.writeHead(status).end(body);

/** Serves ALL in the three ways of paging, at most 500 rows at once. */
const pages =
  (paging: Paging): RequestListener =>
  (request, reply) => {
    const query = new URL(request.url ?? '', base).searchParams;
    const [from = 0, to] = query.get('range')?.split(',').map(Number) ?? [Number(query.get('cursor') ?? 0)];
    const end = Math.min(ALL.length, to ?? from + Number(query.get('limit')));
    const rows = ALL.slice(from, end);
    const next = end < ALL.length ? String(end) : null;
    if (paging === 'range') reply.setHeader('content-range', `things ${from}-${end}/${ALL.length}`);
    if (paging === 'link' && next !== null) reply.setHeader('link', `</things?cursor=${next}>; rel="next"`);
    reply.end(JSON.stringify(paging === 'cursor' ? { items: rows, next } : rows));
  };

describe('a list', () => {
  it.each(['cursor', 'link', 'range'] as const)(
    'in the way of a %s is read to its end, or to the limit',
    async (paging) => {
      answer = pages(paging);
      const read = (limit: number) => readList(client(), { path: '/things', paging, query: {}, limit });
      expect(await read(Infinity)).toEqual({ rows: ALL, more: false, stale: undefined });
      expect(await read(700)).toEqual({ rows: ALL.slice(0, 700), more: true, stale: undefined });
      expect((await read(ALL.length)).more).toBe(false);
    },
  );
});

describe('a failure', () => {
  it.each([
    [400, EXIT.refused],
    [401, EXIT.denied],
    [403, EXIT.denied],
    [404, EXIT.missing],
    [409, EXIT.refused],
    [429, EXIT.unreachable],
    [500, EXIT.fault],
    [503, EXIT.unreachable],
    [507, EXIT.refused],
    [510, EXIT.refused],
  ])('%i ends with %i and says what the problem details say', async (status, exitCode) => {
    answer = failing(
      status,
      JSON.stringify({ title: 'No', code: 'a_code', detail: 'why', errors: [{ pointer: '/a', message: 'is bad' }] }),
    );
    const message = `No: why\n  /a: is bad\n  (a_code, HTTP ${status})`;
    await expect(client().get('/x')).rejects.toMatchObject({ exitCode, message });
  });

  it('without problem details, without JSON, and without an answer', async () => {
    answer = failing(502, '<html>');
    await expect(client().get('/x')).rejects.toMatchObject({ exitCode: EXIT.fault });
    answer = failing(200, '<html>');
    await expect(client().get('/x')).rejects.toMatchObject({ exitCode: EXIT.fault });
    answer = () => {};
    await expect(client(0.05).get('/x')).rejects.toMatchObject({ exitCode: EXIT.unreachable });
    answer = (_, reply) => reply.writeHead(302, { location: '/elsewhere' }).end();
    await expect(client().get('/x')).rejects.toMatchObject({ exitCode: EXIT.unreachable });
  });
});

describe('the options', () => {
  it.each([
    ['no address', { url: 'here' }, {}],
    ['another protocol', { url: 'ftp://here' }, {}],
    ['no time', { timeout: '0' }, {}],
    ['no position', { minPosition: '-1' }, {}],
    ['no such file', { tokenFile: '/nowhere/token' }, {}],
    ['a token of two words', {}, { PURVEYOR_TOKEN: 'a b' }],
  ])('with %s end with 2', (_, options, env) => {
    expect(() => openSession(options, env)).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
  });

  it('take the address from the environment, and give the position to every question', async () => {
    answer = failing(200, '[]');
    await openSession({ minPosition: '7' }, { PURVEYOR_URL: `${base}/` }).client.get('/x', { query: { limit: 2 } });
    expect(asked.at(-1)).toBe('/x?min_position=7&limit=2');
  });
});
