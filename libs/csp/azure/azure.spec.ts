import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PlanRegistry, protectSecrets, validateFacts } from '#portfolio';
import type { EffectCall } from '#runtime';
import { azure, cspEffects, azureFacts, azurePlanV1 } from '../index.js';

const facts = {
  password: 'correct horse',
  domain_name: 'acme',
  first_name: 'Ann',
  last_name: 'Lee',
  country_code: 'US',
  password_recovery_email_address: 'ann@example.org',
  billing_profile_display_name: 'main',
};

const root = { tenantId: 't', clientId: 'c', clientSecret: 's' };

const parents = async () => ({ phase: 'ABSENT' }) as const;

let server: Server;
let base: string;
let seen: { url: string; headers: IncomingMessage['headers']; body: string }[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ url: request.url ?? '', headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const say = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  answer = (response) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
};
const vault = { put: () => Promise.reject(new Error('unused')), get: () => Promise.resolve('the secret') };
const call = (input: unknown): EffectCall => ({
  stream: 'portfolio-1',
  key: 'TENANT/1',
  idempotencyKey: 'portfolio-1/TENANT/1',
  attempt: 1,
  input,
  callbackUrl: 'http://here/callback',
  deadline: 0,
  signal: AbortSignal.timeout(5_000),
  actor: 'a',
  tenant: 't',
  correlationId: 'c',
});
const run = (name: string, input: unknown = {}, signal?: AbortSignal) => {
  const effect = cspEffects(azure, { baseUrl: base, vault, root, parents, now: () => 0 }).find(
    (one) => one.name === name,
  )!;
  return effect.run({ ...call(input), ...(signal && { signal }) });
};

describe('the azure plan', () => {
  it('can be registered and takes good facts', () => {
    expect(new PlanRegistry().register(azurePlanV1).latest('azure')).toBe(azurePlanV1);
    expect(validateFacts(azurePlanV1, facts)).toEqual([]);
    expect(validateFacts(azurePlanV1, { ...facts, country_code: 'us' })).toMatchObject([
      { pointer: '/facts/country_code' },
    ]);
  });

  it('puts secrets into the vault, those that look like references too', async () => {
    const put = (name: string) => Promise.resolve(`vault:${name}#1`);
    expect(await protectSecrets(azureFacts, facts, put)).toEqual({ ...facts, password: 'vault:password#1' });
    expect(await protectSecrets(azureFacts, { ...facts, password: 'vault:other#1' }, put)).toMatchObject({
      password: 'vault:password#1',
    });
  });
});

describe('the azure effects', () => {
  it('post the tenant under wire names with the secret resolved, the same bytes whatever the order of keys', async () => {
    say(200, { userId: 'u', tenantId: 't', objectId: 'o', domainName: 'acme' });
    expect(await run('azure.tenant', { password: 'vault:p#1', domain_name: 'acme' })).toEqual({
      kind: 'done',
      result: { user_id: 'u', tenant_id: 't', user_object_id: 'o', domain_name: 'acme' },
    });
    await run('azure.tenant', { domain_name: 'acme', password: 'vault:p#1' });
    expect(seen[0]).toMatchObject({ url: '/csp/azure/tenants', body: '{"domainName":"acme","password":"the secret"}' });
    expect(seen[0]?.headers['idempotency-key']).toBe('portfolio-1/TENANT/1');
    expect(seen[1]?.body).toBe(seen[0]?.body);
  });

  it.each<[string, number, unknown, Record<string, string>, object]>([
    ['retryable with seconds', 503, {}, { 'retry-after': '3' }, { kind: 'retryable', retryAfterMs: 3_000 }],
    ['retryable with a date', 429, {}, { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' }, { retryAfterMs: 9_000 }],
    ['refused', 409, { error: { code: 'Taken', message: 'm' } }, {}, { kind: 'refused', code: 'Taken', message: 'm' }],
    ['no redirect', 302, '', { location: '/other' }, { kind: 'refused', code: 'redirect_refused' }],
    ['not JSON', 200, '<html>', {}, { kind: 'invalid_result', code: 'not_json' }],
    ['too large', 200, `"${'x'.repeat(1_100_000)}"`, {}, { kind: 'invalid_result', code: 'answer_too_large' }],
    ['foreign', 202, {}, { location: 'http://evil.example/' }, { kind: 'invalid_result', code: 'foreign_location' }],
  ])('classify: %s', async (_name, status, body, headers, failure) => {
    say(status, body, headers);
    expect(await run('azure.tenant')).toMatchObject({ kind: 'failed', failure });
  });

  it('prefer Azure-AsyncOperation to Location', async () => {
    say(202, {}, { location: '/l', 'azure-asyncoperation': '/op/1', 'retry-after': '2' });
    expect(await run('azure.billing_profile')).toEqual({
      kind: 'accepted',
      location: `${base}/op/1`,
      retryAfterMs: 2_000,
    });
  });

  it('poll until the operation ends, and never follow another origin', async () => {
    const poll = (location: string) => run('azure.billing_profile.poll', { location });
    say(202, {}, { 'retry-after': '1' });
    expect(await poll(`${base}/op/1`)).toEqual({ kind: 'pending', retryAfterMs: 1_000 });
    say(200, { status: 'Succeeded', properties: { billingProfileId: 'i', billingProfileName: 'n' } });
    expect(await poll(`${base}/op/1`)).toEqual({
      kind: 'done',
      result: { billing_profile_id: 'i', billing_profile_name: 'n' },
    });
    say(200, { status: 'Failed', error: { code: 'Quota', message: 'm' } });
    expect(await poll(`${base}/op/1`)).toMatchObject({ failure: { kind: 'refused', code: 'Quota' } });
    expect(await poll('http://127.0.0.2/op/1')).toMatchObject({ failure: { code: 'no_location' } });
    expect(seen).toHaveLength(3);
  });

  it('tell the admin subscription where to call back and until when', async () => {
    say(202, {});
    expect(await run('azure.admin_subscription', { tenant_id: 't' })).toEqual({ kind: 'accepted' });
    expect(JSON.parse(seen[0]!.body)).toEqual({
      tenantId: 't',
      callbackUrl: 'http://here/callback',
      deadline: '1970-01-01T00:00:00.000Z',
    });
  });

  it('know a cut or aborted exchange as unknown, and a refused connection as retryable', async () => {
    answer = (response) => response.destroy();
    expect(await run('azure.tenant')).toMatchObject({ failure: { kind: 'unknown' } });
    const abort = new AbortController();
    answer = () => abort.abort();
    expect(await run('azure.tenant', {}, abort.signal)).toMatchObject({ failure: { kind: 'unknown' } });
    await new Promise((closed) => server.close(closed).closeAllConnections());
    expect(await run('azure.tenant')).toMatchObject({ failure: { kind: 'retryable', code: 'not_reachable' } });
  });
});
