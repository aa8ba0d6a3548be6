import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DONE, type Talk } from './hostile.talk.js';
import { becomes, type NeedSpec } from './operations.js';
import { expectProblem } from './portfolios.js';
import type { World } from './world.js';

/** What is said to these bytes, sent as they are, until the connection is closed. `drip`: then a byte more each second. */
function raw(world: World, bytes: string, drip = false): Promise<{ said: string; ms: number }> {
  const began = Date.now();
  const { port } = new URL(world.url);
  const socket = connect(Number(port), '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(bytes);
  const timer = setInterval(() => drip && socket.write(' '), 1_000);
  return new Promise((resolve) =>
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ said, ms: Date.now() - began });
    }),
  );
}

const BEGUN_CALLBACK =
  'POST /api/callbacks/x HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n';

/** Problem details that Node's own parser had to be told to give. */
function expectRawProblem(said: string, status: number, code: string) {
  const [head = '', body = ''] = said.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head).toMatch(/^content-type: application\/problem\+json\r?$/im);
  expect(head).toMatch(/^x-correlation-id: [0-9a-f-]{36}\r?$/im);
  expect(JSON.parse(body)).toMatchObject({ status, code, type: `urn:purveyor:error:${code}` });
}

/** Input that is large, deep, poisoned or slow, in callbacks and in manifests. */
export function hostileInput({ opened, asked, callBack, waiting, silence }: Talk): void {
  let world: World;
  let slow: Promise<{ said: string; ms: number }>;
  beforeAll(() => {
    world = opened();
    slow = raw(world, BEGUN_CALLBACK, true);
  });

  describe('input that is made to break something', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

    it('a callback that is too large, too deep or poisoned', async () => {
      const { id, url } = await waiting('mine', { onFailure: 'leave' });
      const large = JSON.stringify({ status: 'progress', progress: 'x'.repeat(1_100_000) });
      expectProblem(await silence(id, () => callBack(url, large)), 413);
      const deep = `{"status":"progress","progress":${nested(200_000)}}`;
      expectProblem(await silence(id, () => callBack(url, deep)), 400);
      const poisoned = '{"status":"done","result":{"id":"r","address":{"__proto__":{"polluted":true}}}}';
      expectProblem(await silence(id, () => callBack(url, poisoned)), 400);
      const toLarge = { status: 'done', result: { address: { x: 'x'.repeat(100_000) } } };
      expect((await callBack(url, toLarge)).status).toBe(202);
      const failed = await becomes(world, id, 'PROVISIONING_FAILED');
      expect(failed.lastError).toMatchObject({ kind: 'invalid_result', code: 'result_too_large' });
    }, 40_000);

    it('needs with the names of what objects have, and parameters that nobody expects', async () => {
      const ids = ['__proto__', 'constructor', 'toString', 'report', '10', '9'];
      const needs: NeedSpec[] = ids.map((id) => ({ id, type: 'mine', parameters: { hasOwnProperty: 1, valueOf: {} } }));
      const { status, body } = await world.api('POST', '/api/operations', { manifest: { needs } });
      expect(status).toBe(202);
      await becomes(world, body.id, 'PROVISIONING_REQUESTED');
      for (const id of ids)
        expect((await callBack(asked.get(`operation-${body.id}/${id}/provision/1`)!.callbackUrl, DONE)).status).toBe(
          202,
        );
      const done = await becomes(world, body.id, 'PROVISIONED');
      expect(done.needs.map((each: { id: string }) => each.id)).toEqual(ids);
      expect(done.needs.every((each: { resource: { id: string } | null }) => each.resource?.id === 'r')).toBe(true);
      const unknown = await world.api('POST', `/api/operations/${body.id}/retry`, { need: 'valueOf' });
      expectProblem(unknown, 404, 'need_not_found');
    }, 40_000);

    it.each<[string, string, number]>([
      ['a poisoned key', '{"manifest":{"needs":[{"id":"a","type":"mine","parameters":{"__proto__":{"x":1}}}]}}', 400],
      ['a body of depth 200 000', `{"manifest":${nested(200_000)}}`, 400],
      [
        'parameters of depth 200 000',
        `{"manifest":{"needs":[{"id":"a","type":"mine","parameters":{"p":${nested(200_000)}}}]}}`,
        400,
      ],
      ['a slash in an id', '{"manifest":{"needs":[{"id":"a/../b","type":"mine"}]}}', 400],
      ['no manifest', '{}', 400],
      ['a list', '[]', 400],
      ['null', 'null', 400],
      [
        '201 needs',
        JSON.stringify({ manifest: { needs: Array.from({ length: 201 }, (_, n) => ({ id: `n${n}`, type: 'mine' })) } }),
        400,
      ],
      [
        'parameters that are too large',
        JSON.stringify({ manifest: { needs: [{ id: 'a', type: 'mine', parameters: { p: 'p'.repeat(140_000) } }] } }),
        400,
      ],
      ['a body that is too large', JSON.stringify({ manifest: { needs: [], more: 'x'.repeat(1_100_000) } }), 413],
    ])('a manifest with %s', async (_name, text, status) => {
      const answer = await world.send('POST', '/api/operations', text);
      expectProblem(answer, status);
    });

    it.each([
      ['what is no HTTP', 'HELO purveyor\r\n\r\n', 400, 'bad_request'],
      ['a version that there is not', 'GET / HTTP/9.9\r\n\r\n', 400, 'bad_request'],
      [
        'headers without end',
        `GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(20_000)}\r\n\r\n`,
        431,
        'headers_too_large',
      ],
    ])('%s', async (_name, bytes, status, code) => {
      expectRawProblem((await raw(world, bytes)).said, status, code);
    });

    it('the last byte after twenty seconds: the connection is cut off, and everybody else was served', async () => {
      const { said, ms } = await slow;
      expectRawProblem(said, 408, 'request_timeout');
      expect(ms).toBeLessThan(30_000);
      expect((await world.api('GET', '/readyz')).status).toBe(200);
    }, 40_000);
  });
}
