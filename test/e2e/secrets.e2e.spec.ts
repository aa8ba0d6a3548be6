import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { facts, reaches } from './portfolios.js';
import { type Answer, World } from './world.js';

const TENANTS = { method: 'POST', path: '/csp/azure/tenants' };
const ADMINS = { method: 'POST', path: '/csp/azure/admin-subscriptions' };
const REFUSED = { kind: 'fail', status: 400 } as const;

/** What the server itself must know, by the variable that tells it. */
const newSecret = (): string => randomBytes(24).toString('hex');
const own = {
  PURVEYOR_SCIM_TOKEN: newSecret(),
  PURVEYOR_VAULT_KEY: randomBytes(32).toString('base64'),
  PURVEYOR_CALLBACK_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};

let world: World;
const answers: Answer[] = [];
async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await world.api(method, path, body, headers);
  answers.push(answer);
  return answer;
}
async function sendText(path: string, text: string) {
  const answer = await world.send('POST', path, text);
  answers.push(answer);
  return answer;
}

const portfolioWith = (given: Record<string, unknown>, headers = {}, more = {}) =>
  send('POST', '/api/portfolios', { name: 'S', csp: 'azure', plan_version: 1, facts: facts(given), ...more }, headers);

/** A portfolio whose first stage was refused, created with another password. */
async function failedTenant(): Promise<string> {
  await world.script(TENANTS, REFUSED);
  const { id } = (await portfolioWith({})).body;
  await reaches(world, id, 'TENANT_FAILED');
  return id;
}
const stage = (id: string, command: string) => `/api/portfolios/${id}/stages/${command}`;

interface Way {
  readonly name: string;
  /** Puts the secret in; answers the status, which proves that the way exists. */
  readonly give: (secret: string) => Promise<number>;
  readonly status: number;
}

const WAYS: readonly Way[] = [
  {
    name: 'a fact',
    status: 202,
    give: async (password) => {
      const { status, body } = await portfolioWith({ password });
      await reaches(world, body.id, 'COMPLETED');
      return status;
    },
  },
  {
    name: 'a fact of a manual portfolio',
    status: 202,
    give: async (password) => (await portfolioWith({ password }, {}, { advance: 'manual' })).status,
  },
  {
    name: 'a fact, sent again with the same Idempotency-Key',
    status: 202,
    give: async (password) => {
      const given = { password, domain_name: 'repeated' };
      await portfolioWith(given, { 'idempotency-key': 'secrets-1' });
      return (await portfolioWith(given, { 'idempotency-key': 'secrets-1' })).status;
    },
  },
  {
    name: 'a fact of another body under a used Idempotency-Key',
    status: 422,
    give: async (password) => (await portfolioWith({ password }, { 'idempotency-key': 'secrets-1' })).status,
  },
  {
    name: 'a fact beside one that is wrong',
    status: 400,
    give: async (password) => (await portfolioWith({ password, country_code: 'xx' })).status,
  },
  {
    name: 'a fact that is too long',
    status: 400,
    give: async (secret) => (await portfolioWith({ password: secret.repeat(9) })).status,
  },
  {
    name: 'a fact of the wrong type',
    status: 400,
    give: async (secret) => (await portfolioWith({ password: [secret] })).status,
  },
  { name: 'a misspelt fact', status: 400, give: async (pasword) => (await portfolioWith({ pasword })).status },
  {
    name: 'a fact of an unknown CSP',
    status: 400,
    give: async (password) => (await portfolioWith({ password }, {}, { csp: 'nowhere' })).status,
  },
  {
    name: 'a field beside the facts',
    status: 400,
    give: async (password) => (await portfolioWith({}, {}, { password })).status,
  },
  {
    name: 'a body that is not JSON',
    status: 400,
    give: async (secret) => (await sendText('/api/portfolios', `{"facts":{"password":"${secret}"`)).status,
  },
  {
    name: 'a body over the limit',
    status: 413,
    give: async (secret) => (await sendText('/api/portfolios', JSON.stringify(secret.repeat(30_000)))).status,
  },
  {
    name: "resume's input",
    status: 202,
    give: async (password) => {
      const id = await failedTenant();
      const { status } = await send('POST', stage(id, 'TENANT/resume'), { input: { password } });
      await reaches(world, id, 'COMPLETED');
      return status;
    },
  },
  {
    name: "resume's input beside a wrong field",
    status: 400,
    give: async (password) =>
      (await send('POST', stage(await failedTenant(), 'TENANT/resume'), { input: { password, nothing: 1 } })).status,
  },
  {
    name: "resume's input where nothing has failed",
    status: 409,
    give: async (password) => {
      const { id } = (await portfolioWith({}, {}, { advance: 'manual' })).body;
      return (await send('POST', stage(id, 'TENANT/resume'), { input: { password } })).status;
    },
  },
  {
    name: "resume's input of an unknown stage",
    status: 404,
    give: async (password) =>
      (await send('POST', stage(await failedTenant(), 'NOWHERE/resume'), { input: { password } })).status,
  },
  {
    name: "skip's result",
    status: 400,
    give: async (password) => {
      await world.script(ADMINS, REFUSED);
      const { id } = (await portfolioWith({})).body;
      await reaches(world, id, 'ADMIN_SUBSCRIPTION_FAILED');
      const result = { subscription_id: 's', password };
      return (await send('POST', stage(id, 'ADMIN_SUBSCRIPTION/skip'), { reason: 'by hand', result })).status;
    },
  },
  {
    name: 'the refusal of a CSP that repeats it',
    status: 202,
    give: async (password) => {
      const error = { code: `Weak ${password}`, message: `the password ${password} is too weak` };
      await world.script(TENANTS, { ...REFUSED, body: { error } });
      const { status, body } = await portfolioWith({ password });
      const { failure } = (await reaches(world, body.id, 'TENANT_FAILED')).stages[0];
      expect(failure.message).toMatch(/^the password .* is too weak$/);
      return status;
    },
  },
  {
    name: 'the result of a CSP that repeats it',
    status: 202,
    give: async (password) => {
      const body = { userId: 'u', tenantId: 't', objectId: 'o', domainName: 'd', password };
      await world.script(TENANTS, { kind: 'garbage', shape: 'json', body });
      const created = await portfolioWith({ password }, {}, { advance: 'manual' });
      await send('POST', `/api/portfolios/${created.body.id}/trigger-next-transition`);
      await reaches(world, created.body.id, 'TENANT_COMPLETED');
      return created.status;
    },
  },
  {
    name: 'a header of a request',
    status: 200,
    give: async (secret) => {
      const headers = { authorization: `Bearer ${secret}`, cookie: `session=${secret}` };
      return (await send('GET', '/api/portfolios', undefined, headers)).status;
    },
  },
  {
    name: 'a query',
    status: 400,
    give: async (secret) => (await send('GET', `/api/portfolios?access_token=${secret}`)).status,
  },
  {
    name: 'the page of a form that asks for no secret',
    status: 400,
    give: async (password) => {
      const { product_id: product } = (await send('GET', '/api/products')).body[0];
      const pages = [{ product }, { group_name: 'G', password }];
      // Not in `answers`: the Workflow Orchestrator's contract gives the sender back what was wrong (`input`).
      return (await world.api('POST', '/api/processes/create_user_group', pages)).status;
    },
  },
];

const bytesOf = (directory: string): readonly (readonly [string, Buffer])[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => [name, join(directory, name)] as const)
    .filter(([, path]) => statSync(path).isFile())
    .map(([name, path]) => [name, readFileSync(path)]);

/** As it is, and as it would be in a header or a binary column. */
const shapesOf = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64').slice(0, -4),
  Buffer.from(secret).toString('hex'),
];

/** Everything the server wrote or answered, by where it is. */
async function everything(): Promise<readonly (readonly [string, Buffer])[]> {
  const { items } = (await send('GET', '/api/portfolios?limit=500')).body;
  for (const { id } of items)
    for (const path of [`portfolios/${id}`, `audit/streams/portfolio-${id}`, `audit/streams/portfolio-${id}/state`])
      await send('GET', `/api/${path}`);
  for (const path of ['/api/processes', '/api/dashboards/overview', '/metrics', '/readyz']) await send('GET', path);
  const said = answers.map(
    ({ text, headers }, i) => [`answer ${i}`, `${text} ${JSON.stringify([...headers])}`] as const,
  );
  const files = bytesOf(world.dataDir);
  expect(files.length).toBeGreaterThan(2);
  return [
    ...files,
    ...said.map(([where, text]) => [where, Buffer.from(text)] as const),
    ['log', Buffer.from(world.log)],
  ];
}

describe('secrets', () => {
  const given = new Map(WAYS.map(({ name }) => [name, newSecret()]));
  beforeAll(async () => {
    world = await World.start({ ...own, PURVEYOR_LOG_LEVEL: 'trace' });
    await world.settings({ callbackDelayMs: 20, pollsBeforeDone: 0, retryAfterSeconds: 0 });
  }, 60_000);
  afterAll(() => world?.stop());

  it.each(WAYS)(
    'given by $name: $status',
    async ({ name, give, status }) => {
      expect(await give(given.get(name)!)).toBe(status);
    },
    40_000,
  );

  it('are in no file, answer, log line or metric', async () => {
    const all = await everything();
    const found = (secret: string) =>
      all.filter(([, bytes]) => shapesOf(secret).some((shape) => bytes.includes(shape))).map(([where]) => where);
    expect(given.size).toBeGreaterThanOrEqual(20);
    for (const [name, secret] of given) expect([name, found(secret)]).toEqual([name, []]);
    for (const [name, secret] of Object.entries(own))
      expect([name, found(secret.replace('k1:', ''))]).toEqual([name, []]);
  }, 60_000);

  it('would be found: names of portfolios are', async () => {
    const all = await everything();
    expect(all.some(([where, bytes]) => where.includes('.db') && bytes.includes('PortfolioCreated'))).toBe(true);
  });
});
