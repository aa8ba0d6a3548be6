import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookHeaders } from './webhooks.js';
import { until, WEBHOOK_SECRET, World } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const OPERATIONS = FULL ? 1_000 : 100;
/** Of each operation: three of how far it is, the end, and the end once more. */
const PER_OPERATION = 5;
const BURST_MS = FULL ? 20_000 : 3_000;
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const webhook = new Webhook(SECRET);

interface Callback {
  readonly url: string;
  readonly id: string;
  readonly body: string;
}

let world: World;
let provisioner: Server;
/** By operation: where the provisioner was told to call back. One address each, however often it was told. */
const addresses = new Map<string, Set<string>>();
let unsigned = 0;

beforeAll(async () => {
  provisioner = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      try {
        webhook.verify(text, request.headers as Record<string, string>);
      } catch {
        unsigned++;
      }
      const { operationId, callbackUrl } = JSON.parse(text) as { operationId: string; callbackUrl: string };
      addresses.set(operationId, (addresses.get(operationId) ?? new Set()).add(callbackUrl));
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => provisioner.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(provisioner.address() as AddressInfo).port}/`;
  const setting = [{ type: 'burst', endpoint, secrets: [SECRET] }];
  world = await World.start({ PURVEYOR_PROVISIONERS: JSON.stringify(setting) });
}, 60_000);
afterAll(async () => {
  await world?.stop();
  await new Promise((closed) => provisioner.close(closed).closeAllConnections());
});

/** As the contract says: repeated under the same id until there is an answer that is not 503 or worse. */
async function deliver(
  { url, id, body }: Callback,
  signer = webhook,
): Promise<{ status: number; ms: number; tries: number }> {
  const end = Date.now() + 150_000;
  for (let tries = 1; ; tries++) {
    const headers = { 'content-type': 'application/json', ...webhookHeaders(signer, id, body) };
    const began = performance.now();
    // A busy machine answers late, and who asks again meanwhile makes it later still.
    const signal = AbortSignal.timeout(60_000);
    const answer = await fetch(url, { method: 'POST', headers, body, signal }).catch(() => undefined);
    await answer?.text().catch(() => undefined);
    if (answer !== undefined && answer.status < 500)
      return { status: answer.status, ms: performance.now() - began, tries };
    if (Date.now() > end) throw new Error(`no answer for ${id}: ${answer?.status}`);
    await sleep(Math.min(100 * 2 ** tries, 3_000) * (0.5 + (tries % 7) / 14));
  }
}

function callbacksOf(operationId: string, url: string): readonly Callback[] {
  const done = JSON.stringify({ status: 'done', result: { id: operationId, address: { of: operationId } } });
  const progress = (n: number) => ({ url, id: `${operationId}_${n}`, body: `{"status":"progress","progress":${n}}` });
  const ending = { url, id: `${operationId}_end`, body: done };
  return [progress(1), progress(2), progress(3), ending, ending];
}

/** One shuffle of all, so that ends overtake and repeats meet their first. */
function shuffled<T>(list: readonly T[]): T[] {
  let state = SEED || 1;
  const ranked = list.map((item) => ({ item, rank: (state = (state * 48_271 + 11) % 2_147_483_647) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;

describe(`${OPERATIONS} operations and ${OPERATIONS * PER_OPERATION} callbacks, seed ${SEED}`, () => {
  const ids: string[] = [];

  it('begins all at once; each is sent once and waits', async () => {
    const began = Date.now();
    // A thousand connections in one moment are more than a listening socket queues: who is cut off asks again with the same id.
    const create = async (n: number): Promise<void> => {
      const manifest = { needs: [{ id: 'it', type: 'burst', parameters: { n } }] };
      const body = { manifest, correlationId: `burst-${n}` };
      const answer = await world.api('POST', '/api/operations', body).catch(() => undefined);
      if (answer === undefined) return sleep(100).then(() => create(n));
      expect(answer.status).toBe(202);
      ids.push(answer.body.id);
    };
    await Promise.all(Array.from({ length: OPERATIONS }, (_, n) => create(n)));
    const waiting = async () => (await world.api('GET', '/api/operations?state=PROVISIONING_REQUESTED&limit=1')).body;
    await until(
      async () => addresses.size,
      (size) => size === OPERATIONS,
      60_000,
    );
    await until(waiting, ({ items }) => items.length === 1);
    expect([...addresses.values()].every((urls) => urls.size === 1)).toBe(true);
    expect(unsigned).toBe(0);
    console.log(`${OPERATIONS} operations requested after ${Date.now() - began} ms`);
  }, 120_000);

  it('hears nobody who signs with the secret of the others', async () => {
    const [url] = addresses.get(ids[0]!)!;
    const callback = { url: url!, id: 'forged', body: '{"status":"failed"}' };
    expect((await deliver(callback, new Webhook(WEBHOOK_SECRET))).status).toBe(401);
  });

  it('loses no callback while the server is killed in the middle, and answers duplicates alike', async () => {
    const all = shuffled(ids.flatMap((id) => callbacksOf(id, [...addresses.get(id)!][0]!)));
    const killAt = BURST_MS * (0.2 + 0.5 * ((SEED % 97) / 97));
    const began = Date.now();
    const answers = all.map(async (callback, n) => {
      await sleep((n / all.length) * BURST_MS);
      return { ...callback, ...(await deliver(callback)) };
    });
    await sleep(killAt);
    await world.kill9Server();
    await world.restartServer();
    const answered = await Promise.all(answers);
    const took = Date.now() - began;
    const repeated = answered.filter(({ tries }) => tries > 1).length;
    const ms = answered.filter(({ tries }) => tries === 1).map((each) => each.ms);
    console.log(
      `${answered.length} callbacks in ${took} ms, killed after ${Math.round(killAt)} ms, ${repeated} sent again; ` +
        `answer p50 ${percentile(ms, 0.5).toFixed(1)} ms, p99 ${percentile(ms, 0.99).toFixed(1)} ms`,
    );
    expect([...new Set(answered.filter(({ id }) => id.endsWith('_end')).map(({ status }) => status))]).toEqual([202]);
    // What tells progress after the end came too late; everything else is accepted.
    expect(answered.every(({ status }) => status === 202 || status === 410)).toBe(true);
    const lost: string[] = [];
    for (const id of ids) {
      const events = await world.events(`operation-${id}`);
      const causes = new Set(events.map(({ metadata }) => metadata['$causationId'] as string));
      for (const each of answered) if (each.id.startsWith(id) && !causes.has(each.id)) lost.push(each.id);
      expect(events.filter(({ type }) => type === 'Provisioned')).toHaveLength(1);
    }
    expect(lost).toEqual([]);
    expect((await world.api('GET', '/api/audit/verify')).body.ok).toBe(true);
  }, 240_000);
});
