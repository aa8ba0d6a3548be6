import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tenant, World } from './sandbox.fixture.js';

describe('the scripts of the sandbox', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.stop());

  const make = (key = 'k1', limit?: number) =>
    world.create('tenants', key, tenant('a'), limit === undefined ? {} : { 'x-limit': String(limit) });
  const appliedOf = async (key: string) => (await world.ledger(`?key=${key}`)).map((entry) => entry.applied);

  it('fails as often as told, with status and Retry-After, and then works', async () => {
    await world.script({ kind: 'fail', status: 503, retryAfter: 2 }, { method: 'POST', path: '/csp/azure/ten' }, 2);
    const first = await make();
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await make()).status).toBe(503);
    expect((await make()).status).toBe(200);
    expect(await appliedOf('k1')).toEqual([false, false, true]);
  });

  it.each([408, 429])('keeps a key open after %d', async (status) => {
    await world.script({ kind: 'fail', status });
    expect((await make()).status).toBe(status);
    expect((await make()).status).toBe(200);
  });

  it('gives a scripted refusal to every repeat of its key, and the work to another key', async () => {
    await world.script({ kind: 'fail', status: 400, body: { error: { code: 'No', message: 'no' } } });
    const refused = await make('k1');
    expect((await make('k1')).text).toBe(refused.text);
    expect((await make('k2')).status).toBe(200);
  });

  it('matches by body and key, uses scripts in order and repeats those without end', async () => {
    await world.script({ kind: 'fail', status: 500 }, { key: 'other' }, -1);
    await world.script({ kind: 'fail', status: 501 }, { bodyContains: '"domainName":"a"' });
    await world.script({ kind: 'fail', status: 502 });
    expect((await make()).status).toBe(501);
    expect((await make()).status).toBe(502);
    expect((await make('other')).status).toBe(500);
    expect((await make('other')).status).toBe(500);
    expect((await world.call('GET', '/scripts')).body).toMatchObject([{ times: -1 }]);
    await world.call('DELETE', '/scripts');
    expect((await make('other')).status).toBe(200);
  });

  it('delays the work', async () => {
    await world.script({ kind: 'delay', ms: 600 });
    const slow = make('k1');
    expect((await make('k2')).status).toBe(200);
    expect((await slow).status).toBe(409);
  });

  it('hangs without doing anything', async () => {
    await world.script({ kind: 'hang' });
    await expect(make('k1', 100)).rejects.toThrow();
    expect(await world.ledger('?key=k1')).toMatchObject([{ status: null, applied: false }]);
    expect((await make()).status).toBe(200);
  });

  it('cuts the connection before anything is done', async () => {
    await world.script({ kind: 'cut' });
    await expect(make()).rejects.toThrow('fetch failed');
    expect(await appliedOf('k1')).toEqual([false]);
  });

  it('does the work and loses the answer', async () => {
    await world.script({ kind: 'lose_answer' });
    await expect(make()).rejects.toThrow('fetch failed');
    expect(await world.ledger('?key=k1')).toMatchObject([{ status: null, applied: true }]);
    expect((await make()).status).toBe(200);
    expect(await appliedOf('k1')).toEqual([true, false]);
  });

  it('answers garbage of both shapes, with and without the work', async () => {
    await world.script({ kind: 'garbage' });
    await world.script({ kind: 'garbage', shape: 'json', work: true });
    const text = await make();
    expect([text.status, text.body]).toEqual([200, undefined]);
    const wrong = await make();
    expect(wrong.status).toBe(200);
    expect(wrong.body.tenantId).toBeUndefined();
    expect((await make()).body.tenantId).toEqual(expect.any(String));
    expect(await appliedOf('k1')).toEqual([false, true, false]);
  });

  it('polls as often as told and can fail in the end, which frees the name', async () => {
    const { tenantId } = (await make('t')).body;
    const body = { tenantId, displayName: 'p' };
    await world.script({ kind: 'poll', times: 1, outcome: 'failed', retryAfter: 0 });
    const location = (await world.create('billing-profiles', 'k2', body)).headers.get('location') ?? '';
    expect((await world.create('billing-profiles', 'k3', body)).status).toBe(409);
    expect((await world.call('GET', location)).status).toBe(202);
    expect((await world.call('GET', location)).body).toMatchObject({ status: 'Failed', error: {} });
    expect((await world.create('billing-profiles', 'k4', body)).status).toBe(202);
  });

  it('lets a poll script for every operation come to an end', async () => {
    const { tenantId } = (await make('t')).body;
    await world.script({ kind: 'poll', times: 1, retryAfter: 0 }, {}, -1);
    const accepted = await world.create('billing-profiles', 'k2', { tenantId, displayName: 'p' });
    const location = accepted.headers.get('location') ?? '';
    const statuses = [(await world.call('GET', location)).status, (await world.call('GET', location)).status];
    expect(statuses).toEqual([202, 200]);
  });

  it('answers at once when told so', async () => {
    const { tenantId, billingProfileId } = await world.parents();
    expect(billingProfileId).toEqual(expect.any(String));
    await world.script({ kind: 'instant' });
    const body = { tenantId, billingProfileId, displayName: 's', callbackUrl: 'http://127.0.0.1:9/' };
    const made = await world.create('admin-subscriptions', 'k9', body);
    expect([made.status, made.body.subscriptionId]).toEqual([200, expect.any(String)]);
    expect((await world.call('GET', '/callbacks')).body).toEqual([]);
  });

  it('refuses scripts and settings that mean nothing', async () => {
    for (const behaviour of [{ kind: 'dance' }, { kind: 'fail' }, { kind: 'delay', ms: 1, more: 2 }]) {
      expect((await world.call('POST', '/scripts', { behaviour })).status).toBe(400);
    }
    const misplaced = { match: { path: '/csp/azure/operations' }, behaviour: { kind: 'poll', times: 1 } };
    expect((await world.call('POST', '/scripts', misplaced)).body.error.message).toContain('must name the create');
    expect((await world.call('PUT', '/settings', { pollsBeforeDone: -1 })).status).toBe(400);
    expect((await world.call('PUT', '/settings', { colour: 1 })).body.error.message).toContain('colour');
  });
});
