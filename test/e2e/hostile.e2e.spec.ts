import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hostileInput } from './hostile.input.js';
import { Provisioner } from './hostile.provisioner.js';
import { DONE, NEW, OLD, OTHERS, pathOf, secret, signed, talk, type Signing } from './hostile.talk.js';
import { becomes, command, operation, typesOf } from './operations.js';
import { expectProblem } from './portfolios.js';
import { until, WEBHOOK_SECRET, World } from './world.js';

let world: World;
const provisioner = new Provisioner();
const talking = talk(() => world, provisioner.asked);
const { asked, callBack, waiting, silence } = talking;

beforeAll(async () => {
  const endpoint = await provisioner.listen();
  const settings = [
    { type: 'mine', endpoint, secrets: [NEW, OLD] },
    { type: 'other', endpoint, secrets: [OTHERS] },
  ];
  world = await World.start({ PURVEYOR_PROVISIONERS: JSON.stringify(settings) });
}, 60_000);
afterAll(async () => {
  await world?.stop();
  await provisioner.close();
});

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
      // Stamped in whole seconds: a little more is still within the tolerance by the time it is read.
      { aheadMs: 303_000 },
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

hostileInput(talking);
