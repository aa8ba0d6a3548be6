import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal, type Outcome } from '#kernel';
import type { Fetch } from '#runtime';
import { httpProvisioner, ProvisionerRegistry, type Provisioner, type ProvisionerCall } from '../index.js';

let respond: (request: IncomingMessage, response: ServerResponse, body: string) => void;
let close: () => Promise<unknown>;
let endpoint: string;
const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
const guarded: string[] = [];
const refusing: Fetch = async (url) => {
  guarded.push(url);
  throw new Refusal('address_refused', 403, 'not there');
};

beforeEach(async () => {
  seen.length = guarded.length = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      respond(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/boxes`;
  close = () => new Promise((closed) => server.close(closed).closeAllConnections());
});
afterEach(() => close());

const provisioner = (probe = false): Provisioner =>
  httpProvisioner({
    type: 'box',
    endpoint,
    terms: { probe },
    sign: ({ id, body }) => ({ 'webhook-id': id, 'webhook-signature': `v1,${body.length}` }),
    guardedFetch: refusing,
  });
const call = (more: Partial<ProvisionerCall> = {}): ProvisionerCall => ({
  operationId: 'o',
  needId: 'n',
  type: 'provision',
  resource: { type: 'box' },
  parameters: { b: 1, a: 2 },
  callbackUrl: 'http://here/cb',
  deadline: 0,
  idempotencyKey: 'operation-o/n/provision/1',
  attempt: 2,
  signal: AbortSignal.timeout(5_000),
  correlationId: 'c',
  traceparent: '00-x',
  actor: 'ann',
  tenant: 't',
  ...more,
});
const answering = (status: number, body = '', headers: Record<string, string> = {}) => {
  respond = (_request, response) => void response.writeHead(status, headers).end(body);
};

describe('the HTTP contract, outgoing', () => {
  it('posts the whole request, byte-identical in every attempt, with key, trace and signature as headers', async () => {
    answering(201, '{"address":{}}');
    await provisioner().call(call());
    await provisioner().call(call({ attempt: 3, parameters: { a: 2, b: 1 } }));
    expect(seen[0]!.body).toBe(seen[1]!.body);
    expect(JSON.parse(seen[0]!.body)).toEqual({
      operationId: 'o',
      needId: 'n',
      type: 'provision',
      resource: { type: 'box' },
      parameters: { a: 2, b: 1 },
      callbackUrl: 'http://here/cb',
      deadline: '1970-01-01T00:00:00.000Z',
    });
    expect(seen[0]!.headers).toMatchObject({
      'idempotency-key': 'operation-o/n/provision/1',
      'x-attempt': '2',
      traceparent: '00-x',
      'webhook-signature': `v1,${seen[0]!.body.length}`,
    });
    expect(seen[0]!.headers['webhook-id']).toBe(seen[1]!.headers['webhook-id']);
    expect(seen[0]!.headers['webhook-id']).not.toContain('.');
  });

  it.each<[number, string, object]>([
    [200, '{"address":{}}', { kind: 'done', result: { address: {} } }],
    [201, '', { kind: 'done', result: {} }],
    [202, '', { kind: 'accepted' }],
    [204, '', { failure: { kind: 'unknown' } }],
    [302, '', { failure: { kind: 'unknown' } }],
    [400, '{"error":{"code":"Bad","message":"m"}}', { failure: { kind: 'refused', code: 'Bad', message: 'm' } }],
    [408, '', { failure: { kind: 'retryable' } }],
    [429, '', { failure: { kind: 'retryable' } }],
    [500, '', { failure: { kind: 'retryable' } }],
    [505, '', { failure: { kind: 'retryable' } }],
    [200, 'not json', { failure: { kind: 'invalid_result' } }],
  ])('%i %s means %j', async (status, body, outcome) => {
    answering(status, body);
    expect(await provisioner().call(call())).toMatchObject(outcome);
  });

  it('takes Location and Retry-After of what is accepted', async () => {
    answering(202, '', { location: '/jobs/1', 'retry-after': '7' });
    expect(await provisioner().call(call())).toEqual({
      kind: 'accepted',
      location: new URL('/jobs/1', endpoint).href,
      retryAfterMs: 7_000,
    });
  });
});

describe('asking how it stands', () => {
  it('at the location; without one only where a probe is offered', async () => {
    answering(200, '{"address":{}}');
    expect(await provisioner().ask!(call({ location: `${endpoint}/jobs/1` }))).toMatchObject({ kind: 'done' });
    expect(await provisioner().ask!(call())).toBe('absent');
    expect(await provisioner(true).ask!(call())).toMatchObject({ kind: 'done' });
    expect(seen.map(({ method, url }) => [method, url])).toEqual([
      ['GET', '/boxes/jobs/1'],
      ['GET', '/boxes/requests/operation-o%2Fn%2Fprovision%2F1'],
    ]);
    answering(404);
    expect(await provisioner(true).ask!(call())).toBe('absent');
  });

  it.each(['http://169.254.169.254/latest', 'http://127.0.0.1:1/'])(
    'another origin goes through the guard, and without our signature: %s',
    async (location) => {
      expect(await provisioner().ask!(call({ location }))).toMatchObject({ failure: { code: 'address_refused' } });
      expect([guarded, seen]).toEqual([[location], []]);
    },
  );

  it('follows a redirect through the guard, and only three of them', async () => {
    answering(302, '', { location: 'http://10.0.0.1/' });
    expect(await provisioner(true).ask!(call())).toMatchObject({ failure: { code: 'address_refused' } });
    answering(302, '', { location: endpoint });
    seen.length = 0;
    expect(await provisioner(true).ask!(call())).toMatchObject({ failure: { kind: 'unknown' } });
    expect(seen).toHaveLength(4);
  });

  it('refuses what is no web address', async () => {
    expect(await provisioner().ask!(call({ location: 'file:///etc/passwd' }))).toMatchObject({
      failure: { kind: 'refused', code: 'address_refused' },
    });
  });
});

describe('the registry', () => {
  it('knows one provisioner for each type', () => {
    const registry = new ProvisionerRegistry().register({ type: 'a', terms: { probe: true }, call: async () => done });
    expect([registry.termsOf('a')?.probe, registry.termsOf('b')]).toEqual([true, undefined]);
    expect(() => registry.register({ type: 'a', call: async () => done })).toThrow(/two provisioners/);
  });
  const done: Outcome = { kind: 'done', result: {} };
});
