import { Webhook } from 'standardwebhooks';
import { DatabaseSync } from '@photostructure/sqlite';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { becomes, command, createOperation, made, need, operation, POST, typesOf } from './operations.js';
import { webhookHeaders } from './webhooks.js';
import { until, WEBHOOK_SECRET, type World } from './world.js';

const json = (answer: Response): Promise<any> => answer.json().catch(() => undefined);

async function callBack(url: string, body: unknown, { id = `msg_${Math.random()}`, secret = WEBHOOK_SECRET } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', ...webhookHeaders(new Webhook(secret), id, text) };
  const answer = await fetch(url, { method: 'POST', headers, body: text });
  return { status: answer.status, body: await json(answer) };
}

/** Callbacks that come in time, late or never, and what is answered to them. */
export function callbacksOfOperations(opened: () => World): void {
  let world: World;
  beforeAll(() => {
    world = opened();
  });

  /** The address the provisioner was given, from the frozen key: only the server can mint it, so it is taken from the sandbox's outbox. */
  async function callbackUrl(resource: string): Promise<string> {
    const rows = await until(
      async () => (await (await fetch(`${world.sandboxUrl}/callbacks`)).json()) as { resource: string; url: string }[],
      (found) => found.some((row) => row.resource === resource),
    );
    return rows.find((row) => row.resource === resource)!.url;
  }

  describe('no callback in time', () => {
    it.each([
      ['fail', 'DEPROVISIONED', 700],
      // In which the second script is to be set.
      ['retry', 'PROVISIONED', 3_000],
    ] as const)(
      '%s: %s',
      async (onDeadline, state, deadlineMs) => {
        await world.script(POST, { kind: 'callback', mode: 'never' });
        // The sandbox answers a repeated key as before: the retry is given another answer by a script that works on it anew.
        const id = await createOperation(world, [need('a', 'instant')], { onDeadline, deadlineMs, attempts: 2 });
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

    it('with a secret that cannot be kept: nothing is recorded, and it is taken when it is sent again', async () => {
      const vault = (sql: string) => {
        const database = new DatabaseSync(join(world.dataDir, 'vault.db'));
        database.exec(sql);
        database.close();
      };
      const known = await typesOf(world, id);
      vault('ALTER TABLE secret RENAME TO away');
      const refused = await callBack(url, done, { id: 'msg_first' });
      vault('ALTER TABLE away RENAME TO secret');
      expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(await typesOf(world, id)).toEqual(known);
      expect(world.log).toContain('no such table: secret');
    });

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
}
