import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking, JSON_TYPE, NOBODY, PORTFOLIO, post, START } from './bad-input.asking.js';
import { bodiesSuite, fieldsSuite } from './bad-input.bodies.js';
import { idsSuite } from './bad-input.ids.js';
import { queriesSuite } from './bad-input.queries.js';
import { createPortfolio, reaches } from './portfolios.js';
import { World } from './world.js';

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
const asked = asking(() => ({ world, id, product }));
const { send, expectRefused } = asked;

describe('bodies that are none', () => {
  bodiesSuite(asked);
});

describe('fields', () => {
  fieldsSuite(asked);
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
  idsSuite(asked);
});

describe('queries', () => {
  queriesSuite(asked);
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
