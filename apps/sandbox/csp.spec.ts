import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tenant, World } from './sandbox.fixture.js';

describe('the CSP of the sandbox', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.stop());

  it('creates a tenant at once and names missing fields and keys', async () => {
    const made = await world.create('tenants', 'k1', tenant('a'));
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ userId: 'admin', domainName: 'a' });
    expect(made.body.tenantId).toMatch(/^[0-9a-f-]{36}$/);
    const bad = await world.create('tenants', 'k2', { ...tenant('b'), countryCode: undefined });
    expect([bad.status, bad.body.error.message]).toEqual([400, expect.stringContaining('countryCode')]);
    expect((await world.call('POST', '/csp/azure/tenants', tenant('c'))).body.error.code).toBe('IdempotencyKeyMissing');
    expect((await world.call('GET', '/csp/azure/tenants')).text).not.toContain('Secret-1');
  });

  it('answers a repeated key byte for byte and applies it once', async () => {
    const first = await world.create('tenants', 'k1', tenant('a'));
    const again = await world.create('tenants', 'k1', tenant('a'));
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect((await world.call('GET', '/ledger/summary')).body).toEqual({ k1: { requests: 2, applied: 1 } });
    expect((await world.ledger('?key=k1')).map((entry) => [entry.applied, entry.attemptOfKey])).toEqual([
      [true, 1],
      [false, 2],
    ]);
  });

  it('refuses the same resource under another key and another body under the same key', async () => {
    await world.create('tenants', 'k1', tenant('a'));
    const other = await world.create('tenants', 'k2', tenant('A'));
    expect([other.status, other.body.error.code]).toEqual([409, 'AlreadyExists']);
    expect((await world.create('tenants', 'k1', tenant('b'))).status).toBe(422);
    expect(await world.ledger('?applied=true')).toHaveLength(1);
  });

  it('applies simultaneous repeats of one key once', async () => {
    const replies = await Promise.all([1, 2, 3, 4].map(() => world.create('tenants', 'k1', tenant('a'))));
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
    expect(await world.ledger('?key=k1&applied=true')).toHaveLength(1);
  });

  it('answers 404 for unknown parents', async () => {
    const profile = await world.create('billing-profiles', 'k1', { tenantId: 'none', displayName: 'p' });
    expect([profile.status, profile.body.error.code]).toEqual([404, 'NotFound']);
    expect((await world.call('GET', '/csp/azure/operations/none')).status).toBe(404);
  });

  it('runs a polled operation to its end with the settings', async () => {
    await world.call('PUT', '/settings', { pollsBeforeDone: 1, retryAfterSeconds: 0 });
    const { tenantId } = (await world.create('tenants', 'k1', tenant('a'))).body;
    const accepted = await world.create('billing-profiles', 'k2', { tenantId, displayName: 'p' });
    expect([accepted.status, accepted.headers.get('retry-after')]).toEqual([202, '0']);
    const location = accepted.headers.get('location') ?? '';
    expect(location).toBe(accepted.headers.get('azure-asyncoperation'));
    const again = await world.create('billing-profiles', 'k2', { tenantId, displayName: 'p' });
    expect([again.text, again.headers.get('location')]).toEqual([accepted.text, location]);
    const running = await world.call('GET', location);
    expect([running.status, running.headers.get('retry-after')]).toEqual([202, '0']);
    const ended = await world.call('GET', location);
    expect(ended.body).toMatchObject({ status: 'Succeeded', properties: { tenantId, displayName: 'p' } });
    expect(ended.body.properties).toEqual(
      expect.objectContaining({ billingProfileId: expect.any(String), billingProfileName: expect.any(String) }),
    );
    expect((await world.call('GET', location)).text).toBe(ended.text);
  });

  it('keeps everything over a restart', async () => {
    const made = await world.create('tenants', 'k1', tenant('a'));
    const profile = { tenantId: made.body.tenantId as string, displayName: 'p' };
    const accepted = await world.create('billing-profiles', 'k2', profile);
    await world.script({ kind: 'fail', status: 503 }, { path: '/csp/azure/never' });
    await world.call('PUT', '/settings', { pollsBeforeDone: 7 });
    const ledger = await world.ledger();
    await world.restart();
    expect(await world.ledger()).toEqual(ledger);
    expect((await world.create('tenants', 'k1', tenant('a'))).text).toBe(made.text);
    expect((await world.create('tenants', 'k9', tenant('a'))).status).toBe(409);
    expect((await world.call('GET', '/scripts')).body).toHaveLength(1);
    expect((await world.call('GET', '/settings')).body.pollsBeforeDone).toBe(7);
    const path = new URL(accepted.headers.get('location') ?? '').pathname;
    expect((await world.call('GET', path)).status).toBe(202);
  });

  it('lists and clears the ledger by kind', async () => {
    await world.create('tenants', 'k1', tenant('a'));
    await world.create('billing-profiles', 'k2', { tenantId: 'none', displayName: 'p' });
    expect(await world.ledger('?kind=tenants')).toMatchObject([
      { seq: 1, method: 'POST', path: '/csp/azure/tenants', kind: 'tenants', key: 'k1', status: 200, applied: true },
    ]);
    expect(await world.ledger('?applied=false')).toMatchObject([{ key: 'k2', status: 404 }]);
    expect((await world.call('DELETE', '/ledger')).status).toBe(204);
    expect(await world.ledger()).toEqual([]);
  });
});
