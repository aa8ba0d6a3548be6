import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signWebhook } from '../../libs/platform/crypto/webhooks.js';
import { CallbackTokens } from '../../libs/runtime/callback-token.js';
import type { CallbackMode } from '../../apps/sandbox/sandbox.types.js';
import { createPortfolio, expectProblem, facts, portfolio, reaches } from './portfolios.js';
import { preload } from './programs.js';
import { until, WEBHOOK_SECRET, World, type Answer } from './world.js';

const STAGE = 'ADMIN_SUBSCRIPTION';
const ADMINS = { method: 'POST', path: '/csp/azure/admin-subscriptions' };
const KEY = Buffer.alloc(32, 9);
const KEYS = { PURVEYOR_CALLBACK_KEYS: `e2e:${KEY.toString('base64')}` };
const DAY_MS = 24 * 3_600_000;

let world: World;
let messages = 0;
beforeAll(async () => {
  world = await World.start(KEYS);
  await world.settings({ callbackDelayMs: 50, pollsBeforeDone: 0, retryAfterSeconds: 0 });
}, 60_000);
beforeEach(() => world.clearScripts());
afterAll(() => world?.stop());

/** A portfolio whose last stage waits for a callback that the sandbox sends in this mode. */
async function waiting(mode: CallbackMode, more: { delayMs?: number; error?: { code: string; message: string } } = {}) {
  await world.script(ADMINS, { kind: 'callback', mode, ...more });
  const name = `callback${++messages}`;
  return createPortfolio(world, { name, facts: facts({ admin_subscription_display_name: name }) });
}

/** Where the CSP was told to call back. */
const addressOf = (id: string): string =>
  `/api/callbacks/${new CallbackTokens([{ id: 'e2e', key: KEY }], '').mint(`portfolio-${id}`, `${STAGE}/1`)}`;

interface Sent {
  readonly secret?: string;
  readonly messageId?: string;
  readonly aheadMs?: number;
}

/** One delivery by hand; `body` is signed as it is sent. */
function deliver(address: string, body: unknown, { secret = WEBHOOK_SECRET, messageId, aheadMs = 0 }: Sent = {}) {
  const message = { id: messageId ?? `msg_${++messages}`, time: Date.now() + aheadMs, body: JSON.stringify(body) };
  return world.api('POST', address, body, { ...signWebhook([secret], message) });
}

const done = (subscriptionId: string) => ({ status: 'done', result: { subscriptionId } });
const typesOf = async (id: string) => (await world.events(`portfolio-${id}`)).map((event) => event.type);
const silence = async (id: string, call: () => Promise<Answer>): Promise<Answer> => {
  const before = await typesOf(id);
  const answer = await call();
  expect(await typesOf(id)).toEqual(before);
  return answer;
};

describe('callbacks of the sandbox', () => {
  it.each(['twice', 'early'] as const)(
    '%s: the stage completes once, every delivery is accepted',
    async (mode) => {
      const id = await waiting(mode);
      await reaches(world, id, 'COMPLETED');
      expect((await typesOf(id)).filter((type) => type === 'StageCompleted')).toHaveLength(3);
      const sent = () => world.callbacks();
      const last = (await until(sent, (all) => all.at(-1)?.state === 'delivered')).at(-1);
      expect(last).toMatchObject({ last: '202', attempts: mode === 'twice' ? 2 : 1 });
    },
    40_000,
  );

  it('a failure is typed and visible, and a resume goes on under another key', async () => {
    const id = await waiting('failed', { error: { code: 'QuotaExceeded', message: 'no room left' } });
    const failed = await reaches(world, id, `${STAGE}_FAILED`);
    const failure = { kind: 'refused', code: 'QuotaExceeded', message: 'no room left' };
    expect(failed).toMatchObject({ phase: 'FAILED', stages: [{}, {}, { failure }] });
    expect(failed.commands).toContainEqual({ command: 'resume', stage: STAGE });
    const input = { display_name: `again${++messages}` };
    const resumed = await world.api('POST', `/api/portfolios/${id}/stages/${STAGE}/resume`, { input });
    expect(resumed.status).toBe(202);
    await reaches(world, id, 'COMPLETED');
    const keys = (await world.ledger()).filter(
      (entry) => entry.kind === 'admin-subscriptions' && entry.key?.includes(id),
    );
    expect(keys.map((entry) => entry.key?.split('/').at(-1))).toEqual(['1', '2']);
  }, 40_000);

  it('late: after the portfolio was given up the answer is 410; the success is recorded and changes no status', async () => {
    const id = await waiting('late', { delayMs: 5_000 });
    await reaches(world, id, `${STAGE}_REQUESTED`);
    expect((await world.api('POST', `/api/portfolios/${id}/abandon`, { reason: 'too slow' })).status).toBe(202);
    const before = await typesOf(id);
    const last = (
      await until(
        () => world.callbacks(),
        (all) => all.at(-1)?.state !== 'open',
      )
    ).at(-1);
    expect(last).toMatchObject({ state: 'refused', last: '410' });
    expect(await typesOf(id)).toEqual([...before, 'StageCompletedLate']);
    const found = await portfolio(world, id);
    expect([found.phase, found.stages[2].state]).toEqual(['ABANDONED', 'COMPLETED']);
  }, 40_000);
});

describe('the intake', () => {
  it('accepts a duplicate without effect, and answers another outcome with 409', async () => {
    const id = await waiting('never');
    await reaches(world, id, `${STAGE}_REQUESTED`);
    const address = addressOf(id);
    expect((await deliver(address, { status: 'progress' })).status).toBe(202);
    const first = await deliver(address, done('s-1'), { messageId: 'msg_same' });
    const position = first.headers.get('purveyor-position');
    expect([first.status, position]).toEqual([202, expect.stringMatching(/^\d+$/)]);
    const seen = await world.api('GET', `/api/portfolios/${id}?min_position=${position}`);
    expect(seen.body.state).toBe('COMPLETED');
    const again = await silence(id, () => deliver(address, done('s-1'), { messageId: 'msg_same' }));
    expect([again.status, again.headers.get('purveyor-position')]).toEqual([202, position]);
    expect((await silence(id, () => deliver(address, done('s-1')))).status).toBe(202);
    expectProblem(await silence(id, () => deliver(address, done('s-2'))), 409, 'callback_conflict');
    const failed = { status: 'failed', error: { code: 'Late', message: 'no' } };
    expectProblem(await silence(id, () => deliver(address, failed)), 409, 'callback_conflict');
    expect((await portfolio(world, id)).stages[2].result).toEqual({ subscription_id: 's-1' });
  }, 40_000);

  it('refuses what is not signed, not ours or not a callback, and the stage goes on waiting', async () => {
    const id = await waiting('never');
    await reaches(world, id, `${STAGE}_REQUESTED`);
    const address = addressOf(id);
    const other = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
    const refused = async (call: () => Promise<Answer>, status: number, code: string) =>
      expectProblem(await silence(id, call), status, code);
    await refused(() => deliver(address, done('s'), { secret: other }), 401, 'callback_bad_signature');
    await refused(() => deliver(address, done('s'), { aheadMs: -3_600_000 }), 401, 'callback_bad_signature');
    await refused(() => world.api('POST', address, done('s')), 401, 'callback_bad_signature');
    await refused(() => deliver(`${address}x`, done('s')), 404, 'callback_unknown');
    await refused(() => deliver('/api/callbacks/nobody', done('s')), 404, 'callback_unknown');
    await refused(() => deliver(address, { status: 'perhaps' }), 400, 'callback_malformed');
    await refused(() => deliver(address, ['done']), 400, 'callback_malformed');
    const garbage = '<html>this is not { JSON';
    const headers = signWebhook([WEBHOOK_SECRET], { id: 'msg_garbage', time: Date.now(), body: garbage });
    const malformed = await silence(id, () => world.send('POST', address, garbage, { ...headers }));
    expectProblem(malformed, 400);
    expect((await portfolio(world, id)).state).toBe(`${STAGE}_REQUESTED`);
    expect((await deliver(address, done('s'))).status).toBe(202);
    await reaches(world, id, 'COMPLETED');
  }, 40_000);

  it('a result that does not fit is a failure that names the field', async () => {
    const id = await waiting('never');
    await reaches(world, id, `${STAGE}_REQUESTED`);
    expect((await deliver(addressOf(id), { status: 'done', result: { nothing: 1 } })).status).toBe(202);
    const { failure } = (await reaches(world, id, `${STAGE}_FAILED`)).stages[2];
    expect(failure.kind).toBe('invalid_result');
    expect(JSON.stringify(failure)).toContain('subscription_id');
  }, 40_000);
});

describe('a callback that never comes', () => {
  it('ends the wait at its deadline; a late one is 410; resume asks again under the same key', async () => {
    const id = await waiting('never');
    const requested = await reaches(world, id, `${STAGE}_REQUESTED`);
    const { closesAt, startedAt } = requested.stages[2];
    expect(closesAt - startedAt).toBeGreaterThan(DAY_MS - 60_000);
    const aheadMs = DAY_MS + 60_000;
    await world.restartServer({ ...preload('clock-ahead'), CLOCK_AHEAD_MS: String(aheadMs) });
    const failed = await reaches(world, id, `${STAGE}_FAILED`);
    expect(failed.stages[2].failure).toMatchObject({ kind: 'unknown', code: 'deadline_exceeded' });
    expectProblem(await silence(id, () => deliver(addressOf(id), done('s'), { aheadMs })), 410, 'callback_late');
    expect((await world.api('POST', `/api/portfolios/${id}/stages/${STAGE}/resume`, {})).status).toBe(202);
    await reaches(world, id, `${STAGE}_REQUESTED`);
    expect((await deliver(addressOf(id), done('s'), { aheadMs })).status).toBe(202);
    await reaches(world, id, 'COMPLETED');
    const sent = (await world.ledger()).filter((entry) => entry.key === `portfolio-${id}/${STAGE}/1`);
    expect(sent.map((entry) => entry.applied)).toEqual([true, false]);
  }, 60_000);
});
