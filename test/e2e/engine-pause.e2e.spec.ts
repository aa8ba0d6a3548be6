import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signWebhook } from '../../libs/platform/crypto/webhooks.js';
import { CallbackTokens } from '../../libs/runtime/callback-token.js';
import { becomes, createOperation, need } from './operations.js';
import { createPortfolio, expectProblem, facts, portfolio, reaches } from './portfolios.js';
import { until, WEBHOOK_SECRET, World } from './world.js';

const KEY = Buffer.alloc(32, 9);
const START = '/api/processes/create_user_group';
let world: World;
let product: string;
beforeAll(async () => {
  world = await World.start({ PURVEYOR_CALLBACK_KEYS: `e2e:${KEY.toString('base64')}` });
  product = (await world.api('GET', '/api/products')).body[0].product_id;
}, 60_000);
afterAll(() => world?.stop());

const lock = (global_lock: boolean) => world.api('PUT', '/api/settings/status', { global_lock });
const status = async () => (await world.api('GET', '/api/settings/status')).body;

function callBack(stream: string, key: string, result: object) {
  const tokens = new CallbackTokens([{ id: 'e2e', key: KEY }], '');
  const body = { status: 'done', result };
  const message = { id: 'msg_1', time: Date.now(), body: JSON.stringify(body) };
  const address = `/api/callbacks/${tokens.mint(stream, key)}`;
  return world.api('POST', address, body, { ...signWebhook([WEBHOOK_SECRET], message) });
}

describe('the engine is paused', () => {
  let running: string;
  let called: string;
  let failed: string;
  let operation: string;
  const portfolioCalls = () =>
    callBack(`portfolio-${called}`, 'ADMIN_SUBSCRIPTION/1', { subscriptionId: 'late-but-there' });
  const provisionerCalls = () => callBack(`operation-${operation}`, 'a/provision/1', { id: 'late', address: {} });
  beforeAll(async () => {
    await world.script({ method: 'POST', path: '/csp/azure/admin-subscriptions' }, { kind: 'callback', mode: 'never' });
    called = await createPortfolio(world, { facts: facts({ admin_subscription_display_name: 'called' }) });
    await reaches(world, called, 'ADMIN_SUBSCRIPTION_REQUESTED');
    await world.script({ method: 'POST', path: '/provisioners/sandbox' }, { kind: 'callback', mode: 'never' });
    operation = await createOperation(world, [need('a')]);
    await becomes(world, operation, 'PROVISIONING_REQUESTED');
    await world.script({ method: 'POST', path: '/scim/v2/Groups' }, { kind: 'fail', status: 400 });
    failed = (await world.api('POST', START, [{ product }, { group_name: 'Refused' }])).body.id;
    await until(
      async () => (await world.api('GET', `/api/processes/${failed}`)).body,
      (found) => found.last_status === 'failed',
    );
    await world.script({ method: 'POST', path: '/csp/azure/tenants' }, { kind: 'delay', ms: 8_000 });
    running = await createPortfolio(world);
    await reaches(world, running, 'TENANT_IN_PROGRESS');
  }, 60_000);

  it('PAUSING while something runs, PAUSED when nothing does; what ran is recorded, nothing else begins', async () => {
    expect(await status()).toEqual({ global_lock: false, global_status: 'RUNNING', running_processes: 1 });
    const locked = await lock(true);
    expect([locked.status, locked.body]).toEqual([
      200,
      { global_lock: true, global_status: 'PAUSING', running_processes: 1 },
    ]);
    expect(Number(locked.headers.get('purveyor-position'))).toBeGreaterThan(0);
    await until(status, (now) => now.global_status === 'PAUSED');
    const types = (await world.events(`portfolio-${running}`)).map(({ type }) => type);
    expect(types.at(-1)).toBe('StageCompleted');
  }, 30_000);

  it('start, resume and callback are 503 with Retry-After; what portfolios are told is kept for later', async () => {
    for (const answer of [
      await world.api('POST', START, [{ product }, { group_name: 'Later' }]),
      await world.api('PUT', `/api/processes/${failed}/resume`, {}),
      await portfolioCalls(),
      await provisionerCalls(),
    ]) {
      expectProblem(answer, 503, 'engine_paused');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const id = await createPortfolio(world);
    const types = (await world.events(`portfolio-${id}`)).map(({ type }) => type);
    expect([types[0], types.includes('StageStarted')]).toEqual(['PortfolioCreated', false]);
  });

  it('over a restart, and every repeat is silence', async () => {
    await world.kill9Server();
    await world.restartServer();
    await lock(true);
    expect(await status()).toEqual({ global_lock: true, global_status: 'PAUSED', running_processes: 0 });
    const events = await world.events('settings-engine');
    expect(events.map(({ type, metadata }) => [type, metadata['actor']])).toEqual([
      ['EnginePaused', expect.any(String)],
    ]);
    expectProblem(await world.api('PUT', '/api/settings/status', { global_lock: 'yes' }), 400, 'validation_failed');
  }, 40_000);

  it('everything goes on when it is let go, the callback too', async () => {
    expect((await lock(false)).body).toMatchObject({ global_lock: false, global_status: 'RUNNING' });
    expect([(await portfolioCalls()).status, (await provisionerCalls()).status]).toEqual([202, 202]);
    await becomes(world, operation, 'PROVISIONED');
    await reaches(world, running, 'COMPLETED');
    await reaches(world, called, 'COMPLETED');
    expect((await world.api('PUT', `/api/processes/${failed}/resume`, {})).status).toBe(204);
    expect((await portfolio(world, called)).phase).toBe('COMPLETED');
  }, 40_000);
});
