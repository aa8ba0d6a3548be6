import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAIN, projections } from '#read-models';
import { ownWritesSuite } from './queries.own-writes.js';
import { expectProblem } from './portfolios.js';
import { until, World } from './world.js';

const START = '/api/processes/create_user_group';
const NAMES = ['Ants', 'Bees', 'Cats', 'Dogs', 'Emus'];
let world: World;
let ids: string[];

/** Starts the workflow and waits until it comes to rest, and the views hold all of it. */
async function run(name: string): Promise<any> {
  const product = (await world.api('GET', '/api/products')).body[0].product_id;
  const { body } = await world.api('POST', START, [{ product }, { group_name: name }]);
  const found = await until(
    async () => (await world.api('GET', `/api/processes/${body.id}`)).body,
    ({ last_status }) => ['completed', 'failed'].includes(last_status),
  );
  if (found.last_status === 'failed') return found;
  // After its end it lets go of its subscription.
  const { position } = await until(
    async () => (await world.events(`process-${body.id}`)).at(-1)!,
    ({ type, data }) => type === 'StepCompleted' && data['step'] === '$release',
  );
  return (await world.api('GET', `/api/processes/${body.id}?min_position=${position}`)).body;
}

beforeAll(async () => {
  world = await World.start();
  ids = [];
  for (const name of NAMES) ids.push((await run(name)).current_state.subscription_id);
}, 90_000);
afterAll(() => world?.stop());

describe('a list of subscriptions', () => {
  it('is read page by page along its Link headers, newest first', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/api/subscriptions?status=active&limit=2';
    for (let pages = 0; path !== undefined && pages < 9; pages++) {
      const { status, body, headers } = await world.api('GET', path);
      expect(status).toBe(200);
      seen.push(...body.map((each: any) => each.subscription_id));
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      if (pages === 0) ids.push((await run('Foxes')).current_state.subscription_id);
    }
    expect(seen).toEqual(ids.slice(0, NAMES.length).reverse());
  });

  it('tells range and number in Content-Range', async () => {
    const { headers, body } = await world.api('GET', '/api/subscriptions?range=1,3&sort=start_date,asc');
    expect(headers.get('content-range')).toBe(`subscriptions 1-3/${ids.length}`);
    expect(body.map((each: any) => each.subscription_id)).toEqual(ids.slice(1, 3));
    expect(headers.get('link')).toBeNull();
  });
});

describe('every list', () => {
  const LISTS = ['portfolios', 'processes', 'subscriptions', 'operations'];
  const ROWS = (body: any): any[] => body.items ?? body;

  beforeAll(async () => {
    const need = { id: 'db', type: 'sandbox' };
    const { body } = await world.api('POST', '/api/operations', { manifest: { needs: [need] } });
    await until(
      async () => (await world.api('GET', `/api/operations/${body.id}`)).body,
      (found) => found?.state === 'PROVISIONED',
    );
  });

  it('filters, searches and counts in the same way', async () => {
    for (const [path, number] of [
      ['/api/subscriptions?query=emu&count=true', 1],
      ['/api/subscriptions?filter=status,active|none&query=user%20gro&count=true', ids.length],
      ['/api/processes?query=create_user&count=true', ids.length],
      ['/api/processes?query=status:failed&count=true', 0],
      ['/api/operations?query=sandb&filter=state,PROVISIONED&count=true', 1],
      ['/api/operations?query=db&filter=createdAt,1..2&count=true', 0],
      ['/api/portfolios?query=nothing&count=true', 0],
    ] as const) {
      const { body, headers } = await world.api('GET', path);
      const told = body.total ?? Number(headers.get('content-range')?.split('/')[1]);
      expect([path, ROWS(body).length, told]).toEqual([path, number, number]);
    }
  });

  it('tells no number that was not asked for', async () => {
    expect((await world.api('GET', '/api/processes?limit=1')).headers.get('content-range')).toBe('processes 0-1/*');
    expect((await world.api('GET', '/api/operations')).body.total).toBeNull();
  });

  it('goes on in an order that stands still, and refuses what it cannot do', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/api/processes?sort=created_by,asc,process_id,desc&limit=2';
    while (path !== undefined) {
      const { body, headers } = await world.api('GET', path);
      seen.push(...body.map((each: any) => each.process_id));
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    for (const list of LISTS) {
      for (const wrong of [
        'cursor=x',
        'cursor=W10',
        'range=1,1',
        'sort=doc,asc',
        'filter=doc,x',
        'filter=a',
        'sort=id',
      ])
        expect((await world.api('GET', `/api/${list}?${wrong}`)).body.code).toMatch(/^bad_(cursor|range|filter)$/);
      for (const wrong of [
        `query=${'x'.repeat(513)}`,
        'count=yes',
        'limit=0',
        'limit=501',
        'other=1',
        'query=a&query=b',
      ])
        expect([wrong, (await world.api('GET', `/api/${list}?${wrong}`)).status]).toEqual([wrong, 400]);
      for (const odd of ['query=%00', 'query=%F0%9F%98%80', 'query=%22%27:*%26', 'filter=state,%00'])
        expect((await world.api('GET', `/api/${list}?${odd}`)).status).toBeLessThan(500);
    }
  });

  it('is there as CSV, of which nothing is taken for a formula', async () => {
    await run('=SUM(A1)');
    const { status, text, headers } = await world.api(
      'GET',
      '/api/subscriptions.csv?sort=subscription_id,asc&query=sum',
    );
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      'attachment; filename="subscriptions.csv"',
    ]);
    const [titles, line, ...rest] = text.split('\r\n');
    expect(titles).toMatch(/^subscription_id,description,status,insync,/);
    expect(line).toContain('=SUM(A1)');
    expect(line!.split(',').filter((cell) => /^"?[=+@-]/.test(cell))).toEqual([]);
    expect(rest).toEqual(['']);
    for (const list of LISTS) {
      const all = await world.api('GET', `/api/${list}.csv`);
      const counted = await world.api('GET', `/api/${list}?range=0,1`);
      const total = counted.body.total ?? Number(counted.headers.get('content-range')!.split('/')[1]);
      expect([list, all.text.split('\r\n').length - 2]).toEqual([list, total]);
      expect((await world.api('GET', `/api/${list}.csv?range=0,1`)).body.code).toBe('validation_failed');
    }
    const moving = await world.api('GET', '/api/subscriptions.csv?sort=status,asc');
    expect([moving.status, moving.body.code]).toEqual([400, 'bad_filter']);
  });
});

describe('every answer to a query', () => {
  it('says which position the views held, and that they do not lag', async () => {
    const head = (await world.events(`process-${(await run('Gnus')).process_id}`)).at(-1)!.position;
    for (const path of ['/api/processes', `/api/subscriptions/${ids[0]}`, '/api/dashboards/overview']) {
      const { status, headers } = await world.api('GET', `${path}?min_position=${head}`);
      expect([path, status, headers.get('purveyor-stale')]).toEqual([path, 200, null]);
      expect(Number(headers.get('purveyor-position'))).toBeGreaterThanOrEqual(head);
    }
    const { items } = (await world.api('GET', `/api/projections?min_position=${head}`)).body;
    expect(items).toHaveLength(projections.length);
    for (const item of items)
      expect([item.state, item.parked, item.checkpoint >= head || item.group !== MAIN]).toEqual(['live', 0, true]);
    const metrics = (await world.api('GET', '/metrics')).text;
    expect(Number(/^purveyor_projection_lag_seconds\{group="main"\} (\S+)$/m.exec(metrics)?.[1])).toBeLessThan(30);
  });
});

describe('a view', () => {
  const view = async (name: string) => (await world.api('GET', `/api/projections/${name}`)).body;
  const settled = (name: string) =>
    until(
      () => view(name),
      (found) => found.rebuild === null,
    );

  it.each(projections.map(({ name }) => name))('%s is rebuilt and reverted while it is read', async (name) => {
    const before = (await world.api('GET', '/api/processes?range=0,500')).body;
    expect(await world.api('POST', `/api/projections/${name}/revert`)).toMatchObject({ status: 409 });
    expect(await world.api('POST', `/api/projections/${name}/rebuild`)).toMatchObject({ status: 202, body: { name } });
    const rebuilt = await settled(name);
    expect(rebuilt).toMatchObject({ state: 'live', parked: 0, kept: { version: rebuilt.version } });
    expect((await world.api('POST', `/api/projections/${name}/revert`)).status).toBe(202);
    expect(await settled(name)).toMatchObject({ state: 'live', kept: { version: rebuilt.version } });
    expect((await world.api('GET', '/api/processes?range=0,500')).body).toEqual(before);
  });

  it('with nothing parked is left alone by a replay, and one that does not exist is not found', async () => {
    expect((await world.api('GET', '/api/projections/worklist/parked')).body).toEqual({ items: [], next: null });
    const { status, body } = await world.api('POST', '/api/projections/worklist/parked/replay');
    expect([status, body.rebuild]).toEqual([202, null]);
    for (const [method, path] of [
      ['GET', 'no'],
      ['GET', 'no/parked'],
      ['POST', 'no/rebuild'],
      ['POST', 'no/revert'],
      ['POST', '%00/parked/replay'],
    ] as const)
      expectProblem(await world.api(method, `/api/projections/${path}`), 404, 'projection_not_found');
    const forged = Buffer.from('["parked","x"]').toString('base64url');
    for (const cursor of ['x', forged])
      expectProblem(await world.api('GET', `/api/projections/worklist/parked?cursor=${cursor}`), 400, 'bad_cursor');
  });
});

describe('ETag', () => {
  const paths = () => [
    '/api/processes',
    '/api/subscriptions?limit=2',
    `/api/subscriptions/${ids[0]}`,
    `/api/subscriptions/domain-model/${ids[0]}`,
    '/api/portfolios',
  ];

  it('echoed verbatim answers 304 without a body, until something changes', async () => {
    for (const path of paths()) {
      const first = await world.api('GET', path);
      const etag = first.headers.get('etag')!;
      expect(etag).toMatch(/^W\/"/);
      const again = await world.api('GET', path, undefined, { 'if-none-match': etag });
      expect([path, again.status, again.text, again.headers.get('etag')]).toEqual([path, 304, '', etag]);
      const other = await world.api('GET', path, undefined, { 'if-none-match': 'W/"other"' });
      expect([path, other.status, other.text]).toEqual([path, 200, first.text]);
    }
    const before = (await world.api('GET', '/api/processes')).headers.get('etag')!;
    ids.push((await run('Geese')).current_state.subscription_id);
    expect((await world.api('GET', '/api/processes', undefined, { 'if-none-match': before })).status).toBe(200);
  });

  it('is not on refusals', async () => {
    expect((await world.api('GET', '/api/processes/x')).headers.get('etag')).toBeNull();
  });
});

describe('a process on the wire', () => {
  const KEYS =
    'process_id workflow_id workflow_name workflow_target is_task created_by failed_reason started_at last_status last_step assignee last_modified_at traceback product_id customer_id subscriptions current_state steps form note'.split(
      ' ',
    );
  const STEP_KEYS = 'step_id name status created_by executed started completed commit_hash state state_delta'.split(
    ' ',
  );

  let failed: string;

  it('has every key of the Workflow Orchestrator, in lists with the heavy ones null', async () => {
    const [item] = (await world.api('GET', '/api/processes?range=0,1')).body;
    expect(Object.keys(item)).toEqual(expect.arrayContaining(KEYS));
    expect(item).toMatchObject({ current_state: null, steps: null, form: null, traceback: null });
    const detail = (await world.api('GET', `/api/processes/${item.process_id}`)).body;
    expect(Object.keys(detail)).toEqual(expect.arrayContaining(KEYS));
    expect(Object.keys(detail.steps[0])).toEqual(expect.arrayContaining(STEP_KEYS));
    expect(detail.workflow_id).toMatch(/^[0-9a-f-]{36}$/);
    expect([detail.workflow_id, detail.traceback, detail.note]).toEqual([item.workflow_id, null, null]);
  });

  it('tells in traceback what the failed step met', async () => {
    const found = await run('Ants');
    failed = found.process_id;
    expect(found).toMatchObject({ last_status: 'failed', failed_reason: expect.stringContaining('Ants') });
    expect(found.traceback).toMatch(
      /^Step .*\(provision_user_group\), attempt 1: refused group_name_taken 409\n.*Ants/,
    );
    expect(found.traceback).toContain(found.failed_reason);
    const [item] = (await world.api('GET', '/api/processes?filter=last_status,failed')).body;
    expect([item.process_id, item.traceback]).toEqual([found.process_id, null]);
  });

  it.each([
    ['resume', 'running'],
    ['abort', 'aborted'],
  ])('tells the position of %s, and whoever waits for it sees it', async (what, status) => {
    const headers = { 'x-correlation-id': `review-${what}` };
    const answer = await world.api('PUT', `/api/processes/${failed}/${what}`, undefined, headers);
    expect([answer.status, answer.headers.get('x-correlation-id')]).toEqual([204, `review-${what}`]);
    const position = answer.headers.get('purveyor-position');
    expect(position).toMatch(/^\d+$/);
    const { body } = await world.api('GET', `/api/processes/${failed}?min_position=${position}`);
    // The resumed step waits for its operation, which meets the same refusal again, perhaps before we look.
    expect([status, ...(what === 'resume' ? ['awaiting_callback', 'failed'] : [])]).toContain(body.last_status);
    const event = (await world.events(`process-${failed}`)).find((each) => each.position === Number(position));
    expect(event?.metadata.$correlationId).toBe(`review-${what}`);
  });
});

describe('what was accepted', () => {
  ownWritesSuite(() => world);
});
