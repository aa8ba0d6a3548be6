import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { Listener, World, type Received } from './sandbox.fixture.js';
import { DEVELOPMENT_WEBHOOK_SECRET } from './sandbox.js';

describe('the callbacks of the sandbox', () => {
  let world: World;
  let listener: Listener;
  let parents: { tenantId: string; billingProfileId: string };

  beforeEach(async () => {
    world = await World.start();
    parents = await world.parents();
    await world.call('PUT', '/settings', { callbackDelayMs: 0 });
  });
  afterEach(async () => {
    await world.stop();
    await listener.close();
  });

  const subscribe = async (...statuses: number[]) => {
    listener = await Listener.start(...statuses);
    return request();
  };
  const request = (key = 'k1') =>
    world.create('admin-subscriptions', key, { ...parents, displayName: 's', callbackUrl: listener.url });
  const verify = ({ headers, body }: Received): any =>
    new Webhook(DEVELOPMENT_WEBHOOK_SECRET).verify(body, headers as Record<string, string>);
  /** The sandbox settles a row after the answer has come in, so the state is asked for until it is there. */
  const settled = async (): Promise<{ state: string; attempts: number }> => {
    for (;;) {
      const [row] = (await world.call('GET', '/callbacks')).body;
      if (row.state !== 'open') return row;
    }
  };

  it('tells the result, signed', async () => {
    expect((await subscribe()).status).toBe(202);
    const [received] = await listener.count(1);
    expect(verify(received!)).toEqual({ status: 'done', result: { subscriptionId: expect.any(String) } });
    expect(await settled()).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  it('tries again with the same id until it is answered', async () => {
    await subscribe(503, 500);
    const received = await listener.count(3);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(await settled()).toMatchObject({ state: 'delivered', attempts: 3 });
  });

  it('stops at 410', async () => {
    await subscribe(410);
    expect(await settled()).toMatchObject({ state: 'refused', attempts: 1 });
  });

  it('calls twice with one id', async () => {
    await world.script({ kind: 'callback', mode: 'twice' });
    await subscribe();
    const [first, second] = await listener.count(2);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(await settled()).toMatchObject({ attempts: 2 });
  });

  it('calls before the request has returned', async () => {
    await world.script({ kind: 'callback', mode: 'early' });
    expect((await subscribe()).status).toBe(202);
    expect(listener.received).toHaveLength(1);
  });

  it('never calls', async () => {
    await world.script({ kind: 'callback', mode: 'never' });
    await subscribe();
    expect((await world.call('GET', '/callbacks')).body).toEqual([]);
    expect((await world.ledger('?key=k1'))[0]).toMatchObject({ status: 202, applied: true });
  });

  it('tells a failure, which frees the name', async () => {
    await world.script({ kind: 'callback', mode: 'failed' });
    await subscribe();
    const [received] = await listener.count(1);
    expect(verify(received!)).toMatchObject({ status: 'failed', error: { code: 'ProvisioningFailed' } });
    expect((await request('k2')).status).toBe(202);
  });

  it('keeps a late callback over a restart', async () => {
    await world.script({ kind: 'callback', mode: 'late', delayMs: 1000 });
    await subscribe();
    expect(listener.received).toHaveLength(0);
    await world.restart();
    const [received] = await listener.count(1);
    expect(verify(received!)).toMatchObject({ status: 'done' });
  });

  it('puts a late callback after the deadline', async () => {
    listener = await Listener.start();
    await world.script({ kind: 'callback', mode: 'late' });
    const deadline = new Date(Date.now() + 60_000).toISOString();
    const body = { ...parents, displayName: 's', callbackUrl: listener.url, deadline };
    await world.create('admin-subscriptions', 'k1', body);
    const [row] = (await world.call('GET', '/callbacks')).body;
    expect(row.due).toBeGreaterThan(Date.parse(deadline));
  });
});
