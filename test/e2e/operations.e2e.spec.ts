import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { becomes, command, createOperation, made, need, operation, typesOf } from './operations.js';
import { expectProblem } from './portfolios.js';
import { until, WEBHOOK_SECRET, World } from './world.js';

const POST = { method: 'POST', path: '/provisioners/sandbox' };
let world: World;
beforeAll(async () => {
  world = await World.start();
}, 60_000);
beforeEach(async () => {
  await world.clearScripts();
});
afterAll(() => world?.stop());

/** The address the provisioner was given, from the frozen key: only the server can mint it, so it is taken from the sandbox's outbox. */
async function callbackUrl(resource: string): Promise<string> {
  const rows = await until(
    async () => (await (await fetch(`${world.sandboxUrl}/callbacks`)).json()) as { resource: string; url: string }[],
    (found) => found.some((row) => row.resource === resource),
  );
  return rows.find((row) => row.resource === resource)!.url;
}

const json = (answer: Response): Promise<any> => answer.json().catch(() => undefined);

async function callBack(url: string, body: unknown, { id = `msg_${Math.random()}`, secret = WEBHOOK_SECRET } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, text),
  };
  const answer = await fetch(url, { method: 'POST', headers, body: text });
  return { status: answer.status, body: await json(answer) };
}

describe('an operation', () => {
  it.each(['instant', 'poll', 'callback'] as const)(
    '%s: is provisioned, then deprovisioned',
    async (mode) => {
      const id = await createOperation(world, [need('a', mode), need('b', mode, { secret: true })]);
      const done = await becomes(world, id, 'PROVISIONED');
      expect(done).toMatchObject({ code: 300, commands: ['deprovision'], attempts: 2, lastError: null });
      expect(done.needs.map((each: any) => [each.id, each.provision.state, each.resource.secret])).toEqual([
        ['a', 'done', false],
        ['b', 'done', true],
      ]);
      expect((await made(world, id)).map(({ state }) => state)).toEqual(['exists', 'exists']);
      expect((await command(world, id, 'deprovision')).status).toBe(202);
      expect((await becomes(world, id, 'DEPROVISIONED')).code).toBe(1000);
      expect((await made(world, id)).map(({ state }) => state)).toEqual(['gone', 'gone']);
      const types = await typesOf(world, id);
      expect(types.includes('ProvisioningRequested')).toBe(mode !== 'instant');
      expect(types.includes('DeprovisioningRequested')).toBe(mode !== 'instant');
      const log = JSON.stringify(await world.events(`operation-${id}`));
      expect(log).not.toContain('secret-of-');
      expect(log).toContain(`vault:operation-${id}/b/provision#1`);
    },
    40_000,
  );

  it('without needs is provisioned at once', async () => {
    const id = await createOperation(world, []);
    await becomes(world, id, 'PROVISIONED');
    expect(await typesOf(world, id)).toEqual(['OperationCreated', 'ProvisioningStarted', 'Provisioned']);
  });

  it('with a type nobody provides fails and names the type', async () => {
    const id = await createOperation(world, [{ id: 'a', type: 'ghost' }]);
    const failed = await becomes(world, id, 'PROVISIONING_FAILED');
    expect(failed).toMatchObject({ code: 290, lastError: { code: 'no_provisioner' } });
    expect(failed.lastError.message).toContain('ghost');
  });

  it('takes back what was made before another need failed', async () => {
    await world.script({ ...POST, bodyContains: '"needId":"b"' }, { kind: 'fail', status: 400 });
    const id = await createOperation(world, [need('a', 'instant'), need('b')]);
    const end = await becomes(world, id, 'DEPROVISIONED');
    expect(end.lastError).toMatchObject({ kind: 'refused', code: 'ScriptedFailure', step: 'b/provision' });
    expect((await made(world, id)).map(({ need: of, state }) => [of, state])).toEqual([['a', 'gone']]);
    expect((await typesOf(world, id)).includes('ProvisioningFailed')).toBe(true);
  }, 40_000);

  it('or leaves it, says what is left, and goes on when an operator retries', async () => {
    await world.script({ ...POST, bodyContains: '"needId":"b"' }, { kind: 'fail', status: 400 });
    const id = await createOperation(world, [need('a', 'instant'), need('b', 'instant')], { onFailure: 'leave' });
    const failed = await becomes(world, id, 'PROVISIONING_FAILED');
    expect(failed.left).toEqual([
      { need: 'a', todo: 'deprovision' },
      { need: 'b', todo: 'provision' },
    ]);
    expect(failed.commands).toEqual(['retry', 'fail', 'deprovision']);
    expect((await command(world, id, 'retry')).status).toBe(202);
    await becomes(world, id, 'PROVISIONED');
  }, 40_000);

  it('is the same for the same correlation id, and another manifest is refused', async () => {
    const body = { manifest: { needs: [need('a', 'instant')] }, correlationId: 'mine-1' };
    const first = await world.api('POST', '/api/operations', body);
    const second = await world.api('POST', '/api/operations', body);
    expect([first.status, second.status, second.body.id]).toEqual([202, 202, first.body.id]);
    const other = { ...body, manifest: { needs: [need('z')] } };
    expectProblem(await world.api('POST', '/api/operations', other), 409, 'operation_exists');
  });

  it('is refused with pointers, and found by state, type and overdue', async () => {
    const bad = await world.api('POST', '/api/operations', { manifest: { needs: [{ id: 'a/b', type: '' }] } });
    expectProblem(bad, 400, 'validation_failed');
    expect(bad.body.errors.map((each: any) => each.pointer)).toContain('/manifest/needs/0/id');
    const id = await createOperation(world, [{ id: 'a', type: 'odd_type' }]);
    await becomes(world, id, 'PROVISIONING_FAILED');
    const ids = async (query: string) =>
      (await world.api('GET', `/api/operations?${query}`)).body.items.map((each: any) => each.id);
    expect(await ids('type=odd_type')).toEqual([id]);
    expect(await ids('type=odd%25type')).toEqual([]);
    expect(await ids('state=PROVISIONING_FAILED&type=odd_type')).toEqual([id]);
    expect(await ids('overdue=true&type=odd_type')).toEqual([]);
    expectProblem(await world.api('GET', '/api/operations?state=NOPE'), 400);
    expectProblem(await world.api('GET', '/api/operations/none'), 404, 'operation_not_found');
  });
});

describe('what a provisioner does to a request', () => {
  it.each([
    ['two 503', { kind: 'fail', status: 503 }, 2],
    ['429 with Retry-After', { kind: 'fail', status: 429, retryAfter: 1 }, 1],
    ['a lost answer', { kind: 'lose_answer' }, 1],
    ['a cut connection', { kind: 'cut' }, 1],
    ['a delay', { kind: 'delay', ms: 300 }, 1],
  ] as const)(
    '%s: one key, done once',
    async (_name, behaviour, times) => {
      await world.script(POST, behaviour, times);
      const id = await createOperation(world, [need('a', 'instant')]);
      await becomes(world, id, 'PROVISIONED');
      const sent = (await world.ledger()).filter((entry) => entry.key?.includes(id));
      expect(new Set(sent.map((entry) => entry.key)).size).toBe(1);
      expect(sent.filter((entry) => entry.applied)).toHaveLength(1);
      if (_name !== 'a delay') expect(sent.length).toBe(times + 1);
    },
    40_000,
  );

  it.each([
    ['a redirect', { kind: 'fail', status: 302 }, 'unknown'],
    ['garbage', { kind: 'garbage', shape: 'json', work: true }, 'invalid_result'],
    ['text', { kind: 'garbage', shape: 'text', work: true }, 'invalid_result'],
  ] as const)(
    '%s: what may exist is taken back',
    async (_name, behaviour, kind) => {
      await world.script({ ...POST, bodyContains: '"type":"provision"' }, behaviour, 1);
      const id = await createOperation(world, [need('a', 'instant')], { attempts: 1 });
      const end = await becomes(world, id, 'DEPROVISIONED');
      expect(end.lastError.kind).toBe(kind);
      expect((await made(world, id)).every(({ state }) => state === 'gone')).toBe(true);
    },
    40_000,
  );

  it.each(['twice', 'early'] as const)(
    'callback %s: provisioned once',
    async (mode) => {
      await world.script(POST, { kind: 'callback', mode });
      const id = await createOperation(world, [need('a')]);
      await becomes(world, id, 'PROVISIONED');
      expect((await typesOf(world, id)).filter((type) => type === 'RequestCompleted')).toHaveLength(1);
    },
    40_000,
  );

  it('callback failed, retryable: again under the same key; not retryable: failed', async () => {
    const error = { code: 'Busy', message: 'later', retryable: true };
    await world.script(POST, { kind: 'callback', mode: 'failed', error });
    const id = await createOperation(world, [need('a', 'instant')]);
    await becomes(world, id, 'PROVISIONED');
    await world.script(POST, { kind: 'callback', mode: 'failed' });
    const failed = await createOperation(world, [need('a', 'instant')]);
    expect((await becomes(world, failed, 'PROVISIONING_FAILED')).lastError.code).toBe('ProvisioningFailed');
  }, 40_000);

  it('a polled operation that fails', async () => {
    await world.script(POST, { kind: 'poll', times: 1, outcome: 'failed', retryAfter: 1 });
    const id = await createOperation(world, [need('a')]);
    expect((await becomes(world, id, 'PROVISIONING_FAILED')).lastError.code).toBe('ProvisioningFailed');
  }, 40_000);

  it('a failed deprovisioning is never shown as deprovisioned', async () => {
    const id = await createOperation(world, [need('a', 'instant')]);
    await becomes(world, id, 'PROVISIONED');
    await world.script(POST, { kind: 'callback', mode: 'failed' });
    await command(world, id, 'deprovision');
    const failed = await becomes(world, id, 'DEPROVISIONING_FAILED');
    expect(failed).toMatchObject({
      code: 990,
      left: [{ need: 'a', todo: 'deprovision' }],
      commands: ['retry', 'fail'],
    });
    expect((await command(world, id, 'retry')).status).toBe(202);
    await becomes(world, id, 'DEPROVISIONED');
    expect((await made(world, id)).map(({ state }) => state)).toEqual(['gone']);
  }, 40_000);
});

describe('no callback in time', () => {
  it.each([
    ['fail', 'DEPROVISIONED'],
    ['retry', 'PROVISIONED'],
  ] as const)(
    '%s: %s',
    async (onDeadline, state) => {
      await world.script(POST, { kind: 'callback', mode: 'never' });
      // The sandbox answers a repeated key as before: the retry is given another answer by a script that works on it anew.
      const id = await createOperation(world, [need('a', 'instant')], { onDeadline, deadlineMs: 700, attempts: 2 });
      if (onDeadline === 'retry') await becomes(world, id, 'PROVISIONING_REQUESTED');
      if (onDeadline === 'retry') await world.script(POST, { kind: 'garbage', shape: 'json', body: result() });
      await becomes(world, id, state);
      expect((await typesOf(world, id)).includes('RequestRetryScheduled')).toBe(onDeadline === 'retry');
    },
    40_000,
  );

  const result = () => ({ id: 'by-hand', address: { url: 'https://by.hand' } });

  it('alert: it is overdue until the answer comes or somebody acts', async () => {
    await world.script(POST, { kind: 'callback', mode: 'late', delayMs: 60_000 });
    const id = await createOperation(world, [need('a')], { onDeadline: 'alert', deadlineMs: 500 });
    const overdue = await until(
      () => operation(world, id),
      (found) => found?.overdue === true && found.needs[0].provision.state === 'overdue',
    );
    expect(overdue).toMatchObject({ state: 'PROVISIONING_REQUESTED', commands: ['retry', 'fail'] });
    const list = await world.api('GET', '/api/operations?overdue=true');
    expect(list.body.items.map((each: any) => each.id)).toContain(id);
    const [resource] = await made(world, id);
    const url = await callbackUrl(resource!.id);
    expect((await callBack(url, { status: 'done', result: result() })).status).toBe(202);
    await becomes(world, id, 'PROVISIONED');
  }, 40_000);

  it('late: 410, recorded, and an operator can accept it', async () => {
    await world.script(POST, { kind: 'callback', mode: 'late', delayMs: 60_000 });
    const id = await createOperation(world, [need('a')], { onFailure: 'leave', onDeadline: 'fail', deadlineMs: 500 });
    await becomes(world, id, 'PROVISIONING_FAILED');
    const [resource] = await made(world, id);
    const url = await callbackUrl(resource!.id);
    const body = { status: 'done', result: result() };
    expect(await callBack(url, body, { id: 'msg_late' })).toMatchObject({
      status: 410,
      body: { code: 'callback_late' },
    });
    expect(await callBack(url, body, { id: 'msg_late' })).toMatchObject({ status: 410 });
    const seen = await until(
      () => operation(world, id),
      (found) => found.answers.length > 0,
    );
    expect([seen.answers.length, seen.commands.includes('accept-late')]).toEqual([1, true]);
    const accepted = await command(world, id, 'accept-late', { answerId: 'msg_late', reason: 'seen it' });
    expect(accepted.status).toBe(202);
    const done = await becomes(world, id, 'PROVISIONED');
    expect(done.needs[0].resource).toMatchObject({ id: 'by-hand' });
  }, 40_000);
});

describe('the answers to a callback', () => {
  let url: string;
  let id: string;
  const done = { status: 'done', result: { id: 'x', address: { url: 'https://x' }, secret: 'hunter2' } };
  beforeAll(async () => {
    await world.script(POST, { kind: 'callback', mode: 'late', delayMs: 60_000 });
    id = await createOperation(world, [need('a')]);
    await becomes(world, id, 'PROVISIONING_REQUESTED');
    const [resource] = await made(world, id);
    url = await callbackUrl(resource!.id);
  }, 30_000);

  it('follow the table', async () => {
    const foreign = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    expect(await callBack(`${url}x`, done)).toMatchObject({ status: 404, body: { code: 'callback_unknown' } });
    expect(await callBack(url, done, { secret: foreign })).toMatchObject({ status: 401 });
    expect(await callBack(url, { status: 'finished' })).toMatchObject({
      status: 400,
      body: { code: 'callback_malformed', errors: [{ pointer: '/status' }] },
    });
    expect(await callBack(url, '{')).toMatchObject({ status: 400 });
    expect((await callBack(url, { status: 'progress', progress: { percent: 40 } })).status).toBe(202);
    const seen = await until(
      () => operation(world, id),
      (found) => found.needs[0].provision.progress !== null,
    );
    expect(seen.needs[0].provision.progress).toEqual({ percent: 40 });
    expect((await callBack(url, done, { id: 'msg_first' })).status).toBe(202);
    await becomes(world, id, 'PROVISIONED');
    expect((await callBack(url, done, { id: 'msg_first' })).status).toBe(202);
    expect((await callBack(url, done, { id: 'msg_other' })).status).toBe(202);
    expect(await callBack(url, { ...done, result: { address: {} } })).toMatchObject({
      status: 409,
      body: { code: 'callback_conflict' },
    });
    const verdicts = (await world.events(`operation-${id}`))
      .filter((event) => event.type === 'AnswerReceived')
      .map((event) => event.data['verdict']);
    expect(verdicts).toEqual(['progress', 'duplicate', 'conflict']);
    expect(JSON.stringify(await world.events(`operation-${id}`))).not.toContain('hunter2');
    const metrics = await world.api('GET', '/metrics');
    expect(metrics.text).toMatch(/purveyor_callbacks_total\{verdict="callback_bad_signature"\} \d/);
  }, 40_000);
});
