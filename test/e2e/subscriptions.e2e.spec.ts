import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until, World } from './world.js';

const DESCRIPTIONS = '/api/subscription_customer_descriptions';
let world: World;
let id: string;
let processId: string;
let productId: string;

beforeAll(async () => {
  world = await World.start();
  productId = (await world.api('GET', '/api/products')).body.find((each: any) => each.tag === 'GROUP').product_id;
  const pages = [{ product: productId }, { group_name: 'Engineers' }];
  const started = await world.api('POST', '/api/processes/create_user_group', pages);
  processId = started.body.id;
  const process = await until(
    async () => (await world.api('GET', `/api/processes/${processId}`)).body,
    (found) => found?.last_status === 'completed',
  );
  id = process.current_state.subscription_id;
}, 90_000);
afterAll(() => world?.stop());

/** A command, then the view behind it. */
async function command(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) {
  const answer = await world.api(method, path, body);
  const position = answer.headers.get('purveyor-position');
  return { ...answer, position };
}
const detail = async (position: string | null) =>
  (await world.api('GET', `/api/subscriptions/${id}?min_position=${position}`)).body;

describe('a subscription', () => {
  it('has a note and metadata, and a version that rises with each', async () => {
    const { version } = await detail('0');
    const note = await command('PUT', `/api/subscriptions/${id}/note`, { note: 'call first' });
    expect([note.status, await detail(note.position)]).toMatchObject([
      202,
      { note: 'call first', version: version + 1 },
    ]);
    const blank = await command('PUT', `/api/subscriptions/${id}/note`, { note: ' ' });
    expect(await detail(blank.position)).toMatchObject({ note: null, version: version + 2 });
    const metadata = { owner: 'ops', ticket: 7 };
    const set = await command('PUT', `/api/subscriptions/${id}/metadata`, { metadata });
    expect(await detail(set.position)).toMatchObject({ metadata, version: version + 3, in_use_by: [], depends_on: [] });
    expect((await world.api('PUT', `/api/subscriptions/${id}/note`, { note: 5 })).body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/note' })]),
    });
    const unknown = await world.api('PUT', '/api/subscriptions/00000000-0000-4000-8000-000000000000/note', {
      note: 'x',
    });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'subscription_not_found']);
  });

  it('tells which process changed which field from what to what', async () => {
    const path = `/api/subscriptions/${id}/history`;
    const all = (await world.api('GET', path)).body;
    const changes = all.filter((each: any) => each.process_id === processId);
    expect(changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ field: 'user_group.group_name', from: null, to: 'Engineers' }),
        expect.objectContaining({ field: 'status', from: 'initial', to: 'provisioning' }),
        expect.objectContaining({ field: 'status', from: 'provisioning', to: 'active' }),
        expect.objectContaining({ field: 'insync', from: false, to: true }),
      ]),
    );
    const notes = (await world.api('GET', `${path}?field=note`)).body;
    expect(notes.map(({ process_id, from, to }: any) => [process_id, from, to])).toEqual([
      [null, null, 'call first'],
      [null, 'call first', null],
    ]);
    const unknown = await world.api('GET', '/api/subscriptions/00000000-0000-4000-8000-000000000000/history');
    expect(unknown.status).toBe(404);
  });

  it('is in sync already, which is no fault', async () => {
    const { status, text, headers } = await world.api('PUT', `/api/subscriptions/${id}/set_in_sync`);
    expect([status, text, headers.get('content-type')]).toEqual([200, 'null', expect.stringContaining('json')]);
    const unknown = await world.api('PUT', '/api/subscriptions/00000000-0000-4000-8000-000000000000/set_in_sync');
    expect(unknown.status).toBe(404);
  });

  it('is found by search, filter and tag', async () => {
    const ids = async (path: string) => {
      const { status, body } = await world.api('GET', path);
      return status === 200 ? body.map((each: any) => each.subscription_id) : [status, body.code];
    };
    expect(await ids('/api/subscriptions/search?query=engineers%20status:active')).toEqual([id]);
    expect(await ids('/api/subscriptions/search?query=nobody')).toEqual([]);
    expect(await ids(`/api/subscriptions/search?query=${'x'.repeat(513)}`)).toEqual([400, 'validation_failed']);
    expect((await world.api('GET', '/api/subscriptions/search?query=ops')).body).toMatchObject([
      { subscription_id: id, metadata: { owner: 'ops' } },
    ]);
    expect(await ids('/api/subscriptions?tag=GROUP&filter=status,active|initial')).toEqual([id]);
    expect(await ids('/api/subscriptions?tag=OTHER')).toEqual([]);
    expect(await ids('/api/subscriptions?filter=status')).toEqual([400, 'bad_filter']);
    expect(await ids('/api/subscriptions?filter=doc,x')).toEqual([400, 'bad_filter']);
  });

  it('shows its domain model once, and 304 to who has it', async () => {
    const path = `/api/subscriptions/domain-model/${id}`;
    const { body, headers } = await world.api('GET', path);
    const block = { name: 'UserGroupBlock', owner_subscription_id: id, group_name: 'Engineers', in_use_by_ids: [] };
    expect(body).toMatchObject({ subscription_id: id, insync: true, user_group: block });
    const again = await fetch(world.url + path, { headers: { 'if-none-match': headers.get('etag')! } });
    expect(again.status).toBe(304);
    const odd = await world.api('GET', `${path}?filter_owner_relations=perhaps`);
    expect([odd.status, odd.body.code]).toEqual([400, 'validation_failed']);
  });
});

describe('what customers call a subscription', () => {
  const body = { customer_id: 'acme', description: 'our engineers' };
  const find = (position: string | null) =>
    world.api('GET', `${DESCRIPTIONS}/customer/acme/subscription/${id}?min_position=${position}`);

  it('is made, read, changed on its version, and removed', async () => {
    const made = await command('POST', `${DESCRIPTIONS}/`, { subscription_id: id, ...body });
    expect([made.status, made.text]).toEqual([204, '']);
    const first = await find(made.position);
    const whole = { ...body, subscription_id: id, version: 1, id: expect.any(String), created_at: expect.any(Number) };
    expect([first.status, first.body]).toEqual([200, whole]);
    expect(await detail('0')).toMatchObject({ customer_descriptions: [first.body] });
    const change = { id: first.body.id, subscription_id: id, customer_id: 'acme', description: 'ours' };
    const stale = await command('PUT', `${DESCRIPTIONS}/`, { ...change, version: 0 });
    expect([stale.status, stale.body.detail]).toEqual([
      400,
      'Stale data: given version (0) does not match the current version (1)',
    ]);
    const changed = await command('PUT', DESCRIPTIONS, { ...change, version: 1 });
    expect(changed.status).toBe(204);
    const second = await world.api('GET', `${DESCRIPTIONS}/${change.id}?min_position=${changed.position}`);
    expect(second.body).toMatchObject({ description: 'ours', version: 2 });
    expect((await command('DELETE', `${DESCRIPTIONS}/${change.id}`)).status).toBe(204);
    expect((await command('DELETE', `${DESCRIPTIONS}/${change.id}`)).body.code).toBe('customer_description_not_found');
    expect((await find('0')).status).toBe(404);
    expect((await command('PUT', DESCRIPTIONS, change)).status).toBe(404);
  });

  it('is one for each customer, and of a subscription that is there', async () => {
    const acme = { subscription_id: id, ...body };
    expect((await command('POST', DESCRIPTIONS, acme)).status).toBe(204);
    expect((await command('POST', DESCRIPTIONS, acme)).body.code).toBe('customer_description_exists');
    const subscription_id = '00000000-0000-4000-8000-000000000000';
    expect((await command('POST', DESCRIPTIONS, { ...body, subscription_id })).status).toBe(404);
    expect((await command('POST', DESCRIPTIONS, { ...body, subscription_id: 'x' })).body.errors).toMatchObject([
      { pointer: '/subscription_id' },
    ]);
  });
});

describe('the catalogue', () => {
  const patch = async (path: string, body: object) => {
    const { status, body: answer } = await world.api('PATCH', path, body);
    return { status, body: answer };
  };
  const product = async () => (await world.api('GET', `/api/products/${productId}`)).body;

  it('records its products at the start', async () => {
    const types = (await world.events(`product-${productId}`)).map(({ type }) => type);
    expect(types).toEqual(['ProductRegistered']);
  });

  it('takes a description and a status of a product, and no end while subscriptions live', async () => {
    const refused = await patch(`/api/products/${productId}`, { status: 'end of life', description: 'x' });
    expect(refused).toMatchObject({ status: 400, body: { code: 'product_in_use', subscriptions: 1 } });
    const taken = await patch(`/api/products/${productId}`, { status: 'phase out', description: 'Groups of people' });
    expect(taken).toMatchObject({ status: 201, body: { status: 'phase out', description: 'Groups of people' } });
    expect(await product()).toEqual(taken.body);
    const list = (await world.api('GET', '/api/subscriptions')).body;
    expect(list[0].product).toMatchObject({ status: 'phase out', description: 'Groups of people' });
    expect(await patch(`/api/products/${productId}`, { status: 'gone' })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ pointer: '/status' }] },
    });
    expect(await patch(`/api/products/${productId}`, { status: 'active' })).toMatchObject({ status: 201 });
  });

  it('takes descriptions of blocks, resource types and workflows', async () => {
    const { product_blocks, workflows } = await product();
    const [block] = product_blocks;
    const items = [
      ['product_blocks', block.product_block_id, 'name', 'UserGroupBlock'],
      ['resource_types', block.resource_types[0].resource_type_id, 'resource_type', 'group_name'],
      ['workflows', workflows[0].workflow_id, 'name', workflows[0].name],
    ] as const;
    for (const [kind, itemId, key, name] of items) {
      const path = `/api/${kind}/${itemId}`;
      expect((await world.api('GET', path)).body).toMatchObject({ [key]: name });
      const patched = await patch(path, { description: `our ${name}` });
      expect(patched).toMatchObject({ status: 201, body: { [key]: name, description: `our ${name}` } });
      expect((await world.api('GET', path)).body).toEqual(patched.body);
      expect((await world.api('GET', `/api/${kind}/${processId}`)).status).toBe(404);
      expect((await patch(`/api/${kind}/${processId}`, { description: 'x' })).status).toBe(404);
    }
    expect((await product()).product_blocks[0].description).toBe('our UserGroupBlock');
    expect(await patch(`/api/workflows/${workflows[0].workflow_id}`, { target: 'CREATE' })).toMatchObject({
      status: 400,
    });
  });
});
