import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { becomes, command, operation, typesOf, type NeedSpec } from './operations.js';
import { expectProblem } from './portfolios.js';
import { until, WEBHOOK_SECRET, World, type Answer } from './world.js';

const secret = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const [NEW, OLD, OTHERS] = [secret(11), secret(12), secret(13)] as const;
const DONE = { status: 'done', result: { id: 'r', address: { url: 'https://r' } } };

let world: World;
let provisioner: Server;
/** Answers 202 to everything; callbacks are what the tests send. By idempotency key: address and signatures. */
const asked = new Map<string, { callbackUrl: string; text: string; headers: Record<string, string> }>();
let slow: Promise<{ said: string; ms: number }>;

beforeAll(async () => {
  provisioner = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const { callbackUrl } = JSON.parse(text) as { callbackUrl: string };
      asked.set(headers['idempotency-key']!, { callbackUrl, text, headers });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => provisioner.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(provisioner.address() as AddressInfo).port}/`;
  const settings = [
    { type: 'mine', endpoint, secrets: [NEW, OLD] },
    { type: 'other', endpoint, secrets: [OTHERS] },
  ];
  world = await World.start({ PURVEYOR_PROVISIONERS: JSON.stringify(settings) });
  slow = drip();
}, 60_000);
afterAll(async () => {
  await world?.stop();
  await new Promise((closed) => provisioner.close(closed).closeAllConnections());
});

/** A client that begins a callback and sends a byte each second. */
function drip(): Promise<{ said: string; ms: number }> {
  const began = Date.now();
  const { port } = new URL(world.url);
  const socket = connect(Number(port), '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(
    'POST /api/callbacks/x HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n',
  );
  const timer = setInterval(() => socket.write(' '), 1_000);
  return new Promise((resolve) =>
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ said, ms: Date.now() - began });
    }),
  );
}

interface Signing {
  readonly id?: string;
  readonly by?: string;
  readonly aheadMs?: number;
  /** What was signed, where it is not what is sent. */
  readonly signed?: string;
}
let messages = 0;

function signed(body: unknown, { id = `msg_${++messages}`, by = NEW, aheadMs = 0, signed: of }: Signing = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const time = new Date(Date.now() + aheadMs);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)),
    'webhook-signature': new Webhook(by).sign(id, time, of ?? text),
  };
  return { text, headers };
}

const pathOf = (url: string): string => new URL(url).pathname;
function callBack(url: string, body: unknown, how: Signing = {}): Promise<Answer> {
  const { text, headers } = signed(body, how);
  return world.send('POST', pathOf(url), text, headers);
}

/** An operation whose only need the provisioner has taken; its address. */
async function waiting(type = 'mine', policy?: object): Promise<{ id: string; url: string }> {
  const manifest = { needs: [{ id: 'a', type }], ...(policy && { policy }) };
  const { body } = await world.api('POST', '/api/operations', { manifest });
  await becomes(world, body.id, 'PROVISIONING_REQUESTED');
  return { id: body.id, url: asked.get(`operation-${body.id}/a/provision/1`)!.callbackUrl };
}

const silence = async (id: string, call: () => Promise<Answer>): Promise<Answer> => {
  const before = await typesOf(world, id);
  const answer = await call();
  expect(await typesOf(world, id)).toEqual(before);
  return answer;
};

/** Names and versions that the vault keeps of an operation; names are readable, values are sealed. */
function kept(id: string): number {
  const database = new DatabaseSync(join(world.dataDir, 'vault.db'), { readOnly: true });
  try {
    const found = database.prepare('SELECT count(*) AS n FROM secret WHERE name LIKE ?').get(`operation-${id}/%`);
    return (found as { n: number }).n;
  } finally {
    database.close();
  }
}

describe('a forged callback', () => {
  it('is refused, whatever was changed, and changes nothing', async () => {
    const { id, url } = await waiting();
    const forged: Signing[] = [
      { by: secret(99) },
      { by: OTHERS },
      { by: WEBHOOK_SECRET },
      { signed: '{"status":"progress"}' },
      { signed: JSON.stringify(DONE, null, 1) },
      { aheadMs: 301_000 },
      { aheadMs: -301_000 },
    ];
    for (const how of forged)
      expectProblem(await silence(id, () => callBack(url, DONE, how)), 401, 'callback_bad_signature');
    const bare = await silence(id, () => world.send('POST', pathOf(url), JSON.stringify(DONE)));
    expectProblem(bare, 401, 'callback_bad_signature');
    const { text, headers } = signed(DONE);
    for (const changed of [{ 'webhook-id': 'another' }, { 'webhook-timestamp': '1' }, { 'webhook-signature': 'v1,' }]) {
      const answer = await silence(id, () => world.send('POST', pathOf(url), text, { ...headers, ...changed }));
      expectProblem(answer, 401, 'callback_bad_signature');
    }
    expect((await callBack(url, DONE)).status).toBe(202);
    await becomes(world, id, 'PROVISIONED');
  }, 40_000);

  it('for another operation: an address cannot be made of parts of others', async () => {
    const [one, two] = [await waiting(), await waiting()];
    const [body, mac] = pathOf(one.url).split('/').at(-1)!.split('.') as [string, string];
    const [, mac2] = pathOf(two.url).split('/').at(-1)!.split('.') as [string, string];
    const made = Buffer.from(body, 'base64url').toString();
    const generation2 = Buffer.from(made.replace('/provision/1', '/provision/2')).toString('base64url');
    for (const token of [`${body}.${mac2}`, `${generation2}.${mac}`, `${body}.`, body, 'x'.repeat(1_000)]) {
      const answer = await silence(one.id, () => callBack(`${world.url}/api/callbacks/${token}`, DONE));
      expectProblem(answer, 404, 'callback_unknown');
    }
  }, 40_000);

  it('by the provisioner of another type is refused: what it was told is its own', async () => {
    const { id, url } = await waiting('other');
    expectProblem(await silence(id, () => callBack(url, DONE, { by: NEW })), 401, 'callback_bad_signature');
    expect((await callBack(url, DONE, { by: OTHERS })).status).toBe(202);
  }, 40_000);
});

describe('two active keys', () => {
  it('sign every request, and either is accepted of a callback', async () => {
    for (const by of [NEW, OLD]) {
      const { id, url } = await waiting();
      const { text, headers } = asked.get(`operation-${id}/a/provision/1`)!;
      expect(new Webhook(by).verify(text, headers)).toMatchObject({ operationId: id });
      expect((await callBack(url, DONE, { by })).status).toBe(202);
      await becomes(world, id, 'PROVISIONED');
    }
  }, 40_000);
});

describe('a callback that is replayed, doubled or out of order', () => {
  it('has its effect once, and ten at the same moment have one', async () => {
    const { id, url } = await waiting();
    const ten = await Promise.all(Array.from({ length: 10 }, () => callBack(url, DONE, { id: 'msg_same' })));
    expect(new Set(ten.map(({ status }) => status))).toEqual(new Set([202]));
    await becomes(world, id, 'PROVISIONED');
    expect((await silence(id, () => callBack(url, DONE, { id: 'msg_same' }))).status).toBe(202);
    const types = await typesOf(world, id);
    expect(types.filter((type) => type === 'RequestCompleted' || type === 'AnswerReceived')).toEqual([
      'RequestCompleted',
    ]);
  }, 40_000);

  it('is what it is in every order: progress behind the end is late, another end a conflict', async () => {
    const { id, url } = await waiting();
    expect((await callBack(url, DONE)).status).toBe(202);
    expectProblem(await callBack(url, { status: 'progress', progress: 1 }), 410, 'callback_late');
    expectProblem(await callBack(url, { status: 'failed' }), 409, 'callback_conflict');
    await becomes(world, id, 'PROVISIONED');
    await command(world, id, 'deprovision');
    await becomes(world, id, 'DEPROVISIONING_REQUESTED');
    // The address of provision says nothing about deprovision.
    expect((await callBack(url, DONE)).status).toBe(202);
    expect((await operation(world, id)).state).toBe('DEPROVISIONING_REQUESTED');
    const gone = asked.get(`operation-${id}/a/deprovision/1`)!.callbackUrl;
    expect((await callBack(gone, { status: 'done' })).status).toBe(202);
    await becomes(world, id, 'DEPROVISIONED');
  }, 40_000);
});

describe('the secret of a refused callback', () => {
  it('is not in the vault, and none is when the resource has gone', async () => {
    const { id, url } = await waiting();
    const saying = (value: string) => ({ status: 'done', result: { ...DONE.result, secret: value } });
    const values = ['first-secret', 'second-secret', 'third-secret'];
    const answers = await Promise.all(values.map((each) => callBack(url, saying(each))));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    expect(kept(id)).toBe(1);
    expectProblem(await callBack(url, saying('fourth-secret')), 409, 'callback_conflict');
    expect(kept(id)).toBe(1);
    await becomes(world, id, 'PROVISIONED');
    await command(world, id, 'deprovision');
    await becomes(world, id, 'DEPROVISIONING_REQUESTED');
    const gone = asked.get(`operation-${id}/a/deprovision/1`)!;
    expect(JSON.parse(gone.text).resource).toEqual({ type: 'mine', ...DONE.result });
    const winner = values[answers.findIndex(({ status }) => status === 202)]!;
    const failure = { code: 'Busy', message: `cannot log in as ${winner} of ann`, retryable: false };
    expect((await callBack(gone.callbackUrl, { status: 'failed', error: failure })).status).toBe(202);
    const failed = await becomes(world, id, 'DEPROVISIONING_FAILED');
    expect([failed.lastError.message, kept(id)]).toEqual(['cannot log in as [secret] of ann', 1]);
    expect(JSON.stringify(await world.events(`operation-${id}`))).not.toContain(winner);
    await command(world, id, 'retry');
    const again = await until(
      async () => asked.get(`operation-${id}/a/deprovision/2`),
      (found) => found !== undefined,
    );
    expect((await callBack(again!.callbackUrl, { status: 'done' })).status).toBe(202);
    await becomes(world, id, 'DEPROVISIONED');
    expect(kept(id)).toBe(0);
    expect((await callBack(url, saying(winner))).status).toBe(202);
    // One that was forgotten cannot be compared: what else is said decides.
    expect((await callBack(url, saying('fifth-secret'))).status).toBe(202);
    const other = { status: 'done', result: { address: {}, secret: 'sixth-secret' } };
    expectProblem(await callBack(url, other), 409, 'callback_conflict');
    expect(kept(id)).toBe(0);
  }, 60_000);
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
      expect((await callBack(asked.get(`operation-${body.id}/${id}/provision/1`)!.callbackUrl, DONE)).status).toBe(202);
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

  it('the last byte after twenty seconds: the connection is cut off, and everybody else was served', async () => {
    const { said, ms } = await slow;
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
    expect(ms).toBeLessThan(30_000);
    expect((await world.api('GET', '/readyz')).status).toBe(200);
  }, 40_000);
});
