import { it } from '@jest/globals';
import { JSON_TYPE, PORTFOLIO, post, START, type Asking, type Request } from './bad-input.asking.js';
import { facts } from './portfolios.js';

const MIB = 1024 * 1024;
const create = (json: unknown): Request => ({ method: 'POST', path: '/api/portfolios', json });

/** Routes that take a JSON object, each with what it needs. */
const OBJECTS = [
  '/api/portfolios',
  '/api/portfolios/:id/abandon',
  '/api/portfolios/:id/stages/TENANT/skip',
  '/api/portfolios/:id/stages/TENANT/resume',
];

/** Bodies that cannot be read, or are not what a route takes. */
export function bodiesSuite({ expectRefused }: Asking): void {
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
  it.each(['/api/portfolios/:id/trigger-next-transition', '/api/portfolios/:id/continue', '/api/csps/azure/continue'])(
    'anything at all to %s, which takes nothing',
    async (path) => {
      await expectRefused(post(path, { stage: 'TENANT' }), 400, 'validation_failed', ['/stage']);
      await expectRefused(post(path, ['a']), 400, 'validation_failed', ['/0']);
      await expectRefused(post(path, 'x'), 400, 'validation_failed', ['']);
    },
  );
  it.each([{ json: {} }, { text: '', headers: JSON_TYPE }, {}])('but takes %j for nothing', (nothing) =>
    expectRefused({ ...post('/api/portfolios/:id/trigger-next-transition'), ...nothing }, 409, 'state_conflict'),
  );
  it('a body that tries to reach the prototype', () =>
    expectRefused(
      { method: 'POST', path: '/api/portfolios', text: '{"__proto__":{"name":"n"}}', headers: JSON_TYPE },
      400,
      'malformed_json',
    ));
}

/** Bodies of which a field is wrong. */
export function fieldsSuite({ expectRefused }: Asking): void {
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
}
