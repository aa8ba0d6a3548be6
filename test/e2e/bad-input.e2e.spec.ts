import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPortfolio, facts, reaches } from './portfolios.js';
import { type Answer, World } from './world.js';

let world: World;
/** Of a portfolio that is completed. */
let id: string;
let product: string;
beforeAll(async () => {
  world = await World.start();
  product = (await world.api('GET', '/api/products')).body[0].product_id;
  id = await createPortfolio(world);
  await reaches(world, id, 'COMPLETED');
}, 90_000);
afterAll(() => world?.stop());

const JSON_TYPE = { 'content-type': 'application/json' };
const MIB = 1024 * 1024;
const START = '/api/processes/create_user_group';
const NOBODY = '00000000-0000-4000-8000-000000000000';

interface Request {
  readonly method?: string;
  readonly path: string;
  readonly text?: string | Uint8Array;
  readonly json?: unknown;
  readonly headers?: Record<string, string>;
}

/** One request with the body to the letter. `:id` and `:product` are those of this world. */
async function send({ method = 'GET', path, text, json, headers }: Request): Promise<Answer> {
  const filled = (value: string) => value.replaceAll(':id', id).replaceAll(':product', product);
  const body = json === undefined ? text : filled(JSON.stringify(json));
  const answer = await fetch(world.url + filled(path), {
    method,
    headers: headers ?? (body === undefined ? {} : JSON_TYPE),
    ...(body !== undefined && { body: body as string }),
  });
  const said = await answer.text();
  return { status: answer.status, headers: answer.headers, text: said, body: JSON.parse(said || 'null') };
}

/** Every refusal: problem details with this code, the pointers it names, no stack and no 5xx. */
async function expectRefused(request: Request, status: number, code: string, pointers?: readonly string[]) {
  const answer = await send(request);
  expect({ status: answer.status, code: answer.body?.code, text: answer.text }).toEqual({
    status,
    code,
    text: answer.text,
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ status, type: `urn:purveyor:error:${code}` });
  expect(answer.text).not.toMatch(/\bat .*\.js:|node_modules|SQLITE/);
  if (pointers !== undefined)
    expect((answer.body.errors ?? []).map((each: { pointer: string }) => each.pointer)).toEqual(
      expect.arrayContaining([...pointers]),
    );
}

const PORTFOLIO = { name: 'n', csp: 'azure', plan_version: 1, facts: facts() };
const create = (json: unknown): Request => ({ method: 'POST', path: '/api/portfolios', json });
const post = (path: string, json?: unknown): Request => ({ method: 'POST', path, ...(json !== undefined && { json }) });

/** Routes that take a JSON object, each with what it needs. */
const OBJECTS = [
  '/api/portfolios',
  '/api/portfolios/:id/abandon',
  '/api/portfolios/:id/stages/TENANT/skip',
  '/api/portfolios/:id/stages/TENANT/resume',
];

describe('bodies that are none', () => {
  const bodied = [...OBJECTS, START].map((path) => ({ path }));

  it.each(bodied)('broken JSON to $path', ({ path }) =>
    expectRefused({ method: 'POST', path, text: '{"a":' }, 400, 'malformed_json'),
  );
  it.each(bodied)('an empty body that calls itself JSON to $path', ({ path }) =>
    expectRefused({ method: 'POST', path, text: '', headers: JSON_TYPE }, 400, 'malformed_json'),
  );
  it.each(bodied)('another content type to $path', ({ path }) =>
    expectRefused(
      { method: 'POST', path, text: '<a/>', headers: { 'content-type': 'text/xml' } },
      415,
      'unsupported_media_type',
    ),
  );
  it.each(bodied)('more than 1 MiB to $path', ({ path }) =>
    expectRefused(
      { method: 'POST', path, text: JSON.stringify({ a: 'x'.repeat(MIB) }), headers: JSON_TYPE },
      413,
      'body_too_large',
    ),
  );
  it.each(bodied)('bytes that are no text to $path', ({ path }) =>
    expectRefused(
      { method: 'POST', path, text: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), headers: JSON_TYPE },
      400,
      'malformed_json',
    ),
  );
  it.each(['/api/portfolios', '/api/portfolios/:id/abandon', '/api/portfolios/:id/stages/TENANT/skip'])(
    'no body at all to %s',
    (path) => expectRefused({ method: 'POST', path }, 400, 'validation_failed'),
  );
  it.each(OBJECTS)('a body that is no object to %s', async (path) => {
    for (const json of [[], 'x', 5, true]) await expectRefused(post(path, json), 400, 'validation_failed');
  });
  it('a body that tries to reach the prototype', () =>
    expectRefused(
      { method: 'POST', path: '/api/portfolios', text: '{"__proto__":{"name":"n"}}', headers: JSON_TYPE },
      400,
      'malformed_json',
    ));
});

describe('fields', () => {
  it.each([
    { what: 'wrong types', json: { ...PORTFOLIO, name: 5, csp: {}, facts: [] }, at: ['/name', '/csp', '/facts'] },
    { what: 'nulls', json: { name: null, csp: null, facts: null }, at: ['/name', '/csp', '/facts'] },
    { what: 'unknown fields', json: { ...PORTFOLIO, colour: 'red' }, at: ['/colour'] },
    { what: 'an empty name', json: { ...PORTFOLIO, name: '' }, at: ['/name'] },
    { what: 'a blank name', json: { ...PORTFOLIO, name: '   ' }, at: ['/name'] },
    { what: 'a long name', json: { ...PORTFOLIO, name: 'x'.repeat(201) }, at: ['/name'] },
    { what: 'another way to advance', json: { ...PORTFOLIO, advance: 'sideways' }, at: ['/advance'] },
    { what: 'an unknown CSP', json: { ...PORTFOLIO, csp: 'nowhere' }, at: ['/csp'] },
    { what: 'no facts', json: { ...PORTFOLIO, facts: {} }, at: ['/facts/password', '/facts/domain_name'] },
    {
      what: 'facts of wrong types and formats',
      json: { ...PORTFOLIO, facts: facts({ country_code: 'gb', first_name: 7, domain_name: 'No Good' }) },
      at: ['/facts/country_code', '/facts/first_name', '/facts/domain_name'],
    },
    { what: 'an unknown fact', json: { ...PORTFOLIO, facts: facts({ shoe_size: 42 }) }, at: ['/facts/shoe_size'] },
    {
      what: 'an unknown fact below another',
      json: { ...PORTFOLIO, facts: facts({ address: { planet: 'x' } }) },
      at: ['/facts/address/planet', '/facts/address/city'],
    },
    {
      what: 'a long fact',
      json: { ...PORTFOLIO, facts: facts({ last_name: 'x'.repeat(201) }) },
      at: ['/facts/last_name'],
    },
    { what: 'a huge number', json: { ...PORTFOLIO, facts: facts({ user_id: 1e308 }) }, at: ['/facts/user_id'] },
  ])('of a portfolio: $what', ({ json, at }) => expectRefused(create(json), 400, 'validation_failed', at));

  it.each([
    { what: 'no reason', path: 'abandon', json: {}, at: ['/reason'] },
    { what: 'a reason of another type', path: 'abandon', json: { reason: 1 }, at: ['/reason'] },
    { what: 'a long reason', path: 'abandon', json: { reason: 'x'.repeat(1001) }, at: ['/reason'] },
    { what: 'an unknown field', path: 'abandon', json: { reason: 'r', why: 'w' }, at: ['/why'] },
    { what: 'no reason', path: 'stages/TENANT/skip', json: {}, at: ['/reason'] },
    {
      what: 'a result of another type',
      path: 'stages/TENANT/skip',
      json: { reason: 'r', result: [] },
      at: ['/result'],
    },
    { what: 'an input of another type', path: 'stages/TENANT/resume', json: { input: 'x' }, at: ['/input'] },
    { what: 'an unknown field', path: 'stages/TENANT/resume', json: { inputs: {} }, at: ['/inputs'] },
  ])('of $path: $what', ({ path, json, at }) =>
    expectRefused(post(`/api/portfolios/:id/${path}`, json), 400, 'validation_failed', at),
  );
});

describe('forms', () => {
  it.each([
    { what: 'a page of another type', json: [5], loc: '__root__' },
    { what: 'an unknown key', json: [{ product: ':product' }, { group_name: 'g', colour: 'red' }], loc: 'colour' },
    { what: 'a wrong type', json: [{ product: ':product' }, { group_name: 7 }], loc: 'group_name' },
    { what: 'an empty text', json: [{ product: ':product' }, { group_name: '' }], loc: 'group_name' },
    { what: 'a long text', json: [{ product: ':product' }, { group_name: 'x'.repeat(256) }], loc: 'group_name' },
    { what: 'another product', json: [{ product: NOBODY }, { group_name: 'g' }], loc: 'product' },
    { what: 'too many pages', json: [{ product: ':product' }, { group_name: 'g' }, {}], loc: '__root__' },
  ])('$what', async ({ json, loc }) => {
    const { status, body } = await send({ method: 'POST', path: START, json });
    expect([status, body.type]).toEqual([400, 'FormValidationError']);
    expect(body.validation_errors.map((each: { loc: string[] }) => each.loc[0])).toContain(loc);
    for (const each of body.validation_errors) expect(each).toMatchObject({ msg: expect.stringMatching(/./) });
  });

  it.each([{}, 'x', 5, null])('a body that is no array: %j', (json) =>
    expectRefused({ method: 'POST', path: START, json }, 422, 'pages_expected', ['']),
  );

  it('nothing of all this has begun', async () => {
    expect((await world.api('GET', '/api/processes')).body).toEqual([]);
    expect((await world.api('GET', '/api/portfolios')).body.items).toHaveLength(1);
  });
});

describe('ids', () => {
  const odd = [NOBODY, 'x', '%00', '%F0%9F%92%A5', '..%2F..', "';DROP TABLE", '-1', '9'.repeat(400)];
  const of = (path: string, method = 'GET', json?: unknown) =>
    odd.map((name) => ({ request: { method, path: path.replace('*', name), ...(json !== undefined && { json }) } }));

  it.each(of('/api/portfolios/*'))('GET $request.path', ({ request }) =>
    expectRefused(request, 404, 'portfolio_not_found'),
  );
  it.each(of('/api/portfolios/*/abandon', 'POST', { reason: 'r' }))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'portfolio_not_found'),
  );
  it.each(of('/api/portfolios/*/trigger-next-transition', 'POST'))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'portfolio_not_found'),
  );
  it.each(of('/api/portfolios/*/stages/TENANT/resume', 'POST', {}))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'portfolio_not_found'),
  );
  it.each(of('/api/portfolios/:id/stages/*/resume', 'POST', {}))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'stage_not_found'),
  );
  it.each(of('/api/portfolios/:id/stages/*/skip', 'POST', { reason: 'r' }))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'stage_not_found'),
  );
  it.each(of('/api/csps/*/plan'))('GET $request.path', ({ request }) => expectRefused(request, 404, 'unknown_csp'));
  it('GET /api/processes/* of nobody', () =>
    expectRefused({ path: `/api/processes/${NOBODY}` }, 404, 'process_not_found'));
  it.each(of('/api/processes/*').slice(1))('GET $request.path', ({ request }) =>
    expectRefused(request, 422, 'uuid_expected'),
  );
  it.each([
    ['/api/processes/*/abort', 'PUT'],
    ['/api/processes/*/resume', 'PUT'],
    ['/api/processes/*', 'DELETE'],
    ['/api/subscriptions/*/set_in_sync', 'PUT'],
  ])('%s %s takes an empty body that is called JSON', async (path, method) => {
    const answer = await send({ method, path: path.replace('*', NOBODY), text: '', headers: JSON_TYPE });
    expect(answer.status).toBe(404);
  });
  it.each(of('/api/processes/*/resume', 'PUT', {}))('PUT $request.path', ({ request }) =>
    expectRefused(request, 404, 'process_not_found'),
  );
  it.each(of('/api/processes/*/abort', 'PUT'))('PUT $request.path', ({ request }) =>
    expectRefused(request, 404, 'process_not_found'),
  );
  it.each(of('/api/processes/*', 'POST', []))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'unknown_workflow'),
  );
  it.each(['', 'domain-model/', 'workflows/'].flatMap((sub) => of(`/api/subscriptions/${sub}*`)))(
    'GET $request.path',
    ({ request }) => expectRefused(request, 404, 'subscription_not_found'),
  );
  it.each(of('/api/products/*'))('GET $request.path', ({ request }) => expectRefused(request, 404, 'not_found'));
  it.each(['x', 'portfolio', 'portfolio-', `portfolio-${NOBODY}`, 'nothing-1', '%00-%00', '9'.repeat(400)])(
    'GET /api/audit/streams/%s',
    (stream) => expectRefused({ path: `/api/audit/streams/${stream}` }, 404, 'not_found'),
  );
  it.each(['x', 'portfolio', `portfolio-${NOBODY}`, 'nothing-1'])('GET /api/audit/streams/%s/state', (stream) =>
    expectRefused({ path: `/api/audit/streams/${stream}/state` }, 404, 'not_found'),
  );
  it.each(['x', '%00', 'a.b.c', '9'.repeat(400)])('POST /api/callbacks/%s', (token) =>
    expectRefused(post(`/api/callbacks/${token}`, {}), 404, 'callback_unknown'),
  );
  it('an address that cannot be decoded', () =>
    expectRefused({ path: '/api/portfolios/%E0%A4%A' }, 400, 'bad_request'));
  it('an address longer than any token', () =>
    expectRefused({ path: `/api/portfolios/${'x'.repeat(1_100)}` }, 414, 'address_too_long'));
});

describe('queries', () => {
  const GETS = [
    '/api/portfolios',
    '/api/portfolios/:id',
    '/api/processes',
    '/api/processes/x',
    '/api/subscriptions',
    '/api/subscriptions/x',
    '/api/subscriptions/domain-model/x',
    '/api/subscriptions/workflows/x',
    '/api/products',
    '/api/products/:product',
    '/api/dashboards/overview',
    '/api/audit/verify',
    '/api/audit/streams/portfolio-:id',
    '/api/audit/streams/portfolio-:id/state',
    '/api/audit/streams/portfolio-:id/difference',
  ];
  it.each(GETS)('%s refuses a min_position that is none', async (path) => {
    for (const odd of ['x', '-1', '1.5', '', '9'.repeat(30), '1e3'])
      await expectRefused({ path: `${path}?min_position=${odd}` }, 400, 'validation_failed', ['/min_position']);
  });
  it.each(GETS)('%s refuses an unknown parameter', (path) =>
    expectRefused({ path: `${path}?colour=red` }, 400, 'validation_failed', ['/colour']),
  );
  it('refuses a position that does not come', () =>
    expectRefused({ path: '/api/portfolios?min_position=900000000000000' }, 503, 'position_timeout'));

  it.each([
    { path: '/api/portfolios', odd: ['0', '501', 'x', '1.5', '-1', '1e9', ''], field: 'limit' },
    { path: '/api/subscriptions', odd: ['0', '501', 'x'], field: 'limit' },
    { path: '/api/audit/streams/portfolio-:id', odd: ['0', '501', 'x'], field: 'limit' },
    { path: '/api/audit/streams/portfolio-:id', odd: ['-1', 'x', '1.5', '9'.repeat(30)], field: 'from' },
    { path: '/api/audit/streams/portfolio-:id', odd: ['sideways'], field: 'direction' },
    { path: '/api/audit/streams/portfolio-:id/state', odd: ['-1', 'x', '9'.repeat(30)], field: 'revision' },
    { path: '/api/subscriptions', odd: ['yes', '1', ''], field: 'insync' },
    { path: '/api/portfolios', odd: ['x'.repeat(1_001)], field: 'state' },
    { path: '/api/processes', odd: ['x'.repeat(1_001)], field: 'filter' },
  ])('$path refuses a bad $field', async ({ path, odd, field }) => {
    for (const value of odd)
      await expectRefused({ path: `${path}?${field}=${value}` }, 400, 'validation_failed', [`/${field}`]);
  });
  it.each(['/api/portfolios', '/api/subscriptions'])('%s refuses a cursor that is none', async (path) => {
    for (const cursor of ['x', '!', 'MTo', '%00', Buffer.from(`${'9'.repeat(30)}:x`).toString('base64url')])
      await expectRefused({ path: `${path}?cursor=${cursor}` }, 400, 'bad_cursor');
  });
  it('refuses a cursor beside range or sort', async () => {
    for (const more of ['range=0,5', 'sort=status,asc'])
      await expectRefused({ path: `/api/subscriptions?cursor=MTox&${more}` }, 400, 'bad_cursor');
  });
  it.each(['/api/processes', '/api/subscriptions'])('%s refuses a range or sort that is none', async (path) => {
    for (const range of ['5', 'a,b', '5,5', '9,1', '-1,3', '', '9'.repeat(20)])
      await expectRefused({ path: `${path}?range=${range}` }, 400, 'bad_range');
    for (const sort of ['status', 'status,up', 'doc,asc', 'constructor,asc'])
      await expectRefused({ path: `${path}?sort=${sort}` }, 400, 'bad_filter');
  });
  it('refuses a filter that is none', async () => {
    for (const filter of ['status', 'doc,x', '__proto__,x', 'started,yesterday'])
      await expectRefused({ path: `/api/processes?filter=${filter}` }, 400, 'bad_filter');
  });
  it('refuses a parameter given twice', () =>
    expectRefused({ path: '/api/portfolios?state=a&state=b' }, 400, 'validation_failed', ['/state']));
  it.each([
    ['state?revision=9000', 404, 'revision_beyond_end', '/revision'],
    ['state?at=2001-01-01T00:00:00Z', 404, 'instant_before_start', '/at'],
    ['state?revision=0&at=2101-01-01T00:00:00Z', 400, 'point_ambiguous', '/revision'],
    ['state?at=2101-01-01', 400, 'validation_failed', '/at'],
    ['state?at=2101-02-30T00:00:00Z', 400, 'validation_failed', '/at'],
    ['difference?to_revision=9000', 404, 'revision_beyond_end', '/to_revision'],
    ['difference?from_at=2001-01-01T00:00:00Z', 404, 'instant_before_start', '/from_at'],
    ['difference?to_revision=0&to_at=2101-01-01T00:00:00Z', 400, 'point_ambiguous', '/to_revision'],
    ['difference?from_revision=1&to_revision=0', 400, 'bad_range', '/from_revision'],
  ])('refuses %s', (query, status, code, pointer) =>
    expectRefused({ path: `/api/audit/streams/portfolio-:id/${query}` }, status, code, [pointer]),
  );
});

describe('methods and headers', () => {
  it.each([
    ['DELETE', '/api/portfolios'],
    ['PATCH', '/api/portfolios/:id'],
    ['GET', '/api/portfolios/:id/abandon'],
    ['POST', '/api/products'],
    ['PUT', '/api/audit/verify'],
  ])('%s %s', (method, path) => expectRefused({ method, path }, 405, 'method_not_allowed'));
  it('no such address', () => expectRefused({ path: '/api/nothing' }, 404, 'not_found'));
  it.each(['', 'a b', 'x'.repeat(256)])('the Idempotency-Key %j', (key) =>
    expectRefused(
      {
        method: 'POST',
        path: '/api/portfolios',
        text: JSON.stringify(PORTFOLIO),
        headers: { ...JSON_TYPE, 'idempotency-key': key },
      },
      400,
      'validation_failed',
    ),
  );
  it('a command that does not fit names the state and what fits', async () => {
    const { status, body } = await send(post('/api/portfolios/:id/abandon', { reason: 'r' }));
    expect([status, body.code, body.state, body.commands]).toEqual([409, 'state_conflict', 'COMPLETED', []]);
  });
});
