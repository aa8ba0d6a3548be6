import { EXIT } from '../../apps/cli/exit-codes.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { becomes, createOperation, need } from './operations.js';
import { createPortfolio, reaches } from './portfolios.js';
import { SERVER } from './programs.js';
import { purveyor as runPurveyor } from './purveyor.js';
import { until, World } from './world.js';

const NOTHING = '00000000-0000-4000-8000-000000000000';
let world: World;
let portfolio: string;
let failed: string;

const purveyor = (args: readonly string[], env?: Record<string, string>) => runPurveyor(world, args, env);

beforeAll(async () => {
  world = await World.start();
  portfolio = await createPortfolio(world);
  await reaches(world, portfolio, 'COMPLETED');
  await world.script({ method: 'POST', path: '/provisioners/sandbox' }, { kind: 'fail', status: 400 });
  failed = await createOperation(world, [need('a', 'instant')], { onFailure: 'leave' });
  await becomes(world, failed, 'PROVISIONING_FAILED');
}, 90_000);
afterAll(() => world?.stop());

describe('purveyor', () => {
  it('tells the status, for people and for programs', async () => {
    const people = await purveyor(['status']);
    expect([people.code, people.err]).toEqual([0, '']);
    expect(people.out).toMatch(/health\n {2}status +ok\n/);
    const { code, json } = await purveyor(['status', '--json']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ health: { status: 'ok' }, engine: { global_lock: false }, overview: { parked: 0 } });
  });

  it.each(['portfolios', 'processes', 'subscriptions', 'operations', 'products', 'schedules', 'csps', 'streams'])(
    'lists %s as the server does, as a table and as JSON',
    async (kind) => {
      const { body } = await world.api('GET', kind === 'streams' ? '/api/audit/streams' : `/api/${kind}`);
      const rows: unknown[] = body.items ?? body;
      const { code, json } = await purveyor(['list', kind, '--json']);
      expect([code, json]).toEqual([0, rows]);
      const people = await purveyor(['list', kind]);
      expect(people.code).toBe(0);
      const lines = people.out.trimEnd().split('\n');
      if (rows.length === 0) expect(lines).toEqual([`no ${kind}`]);
      else expect([lines.length, lines[0]]).toEqual([rows.length + 1, expect.stringMatching(/^[A-Z ]+$/)]);
    },
  );

  it('lists the views as the server does', async () => {
    const { json } = await purveyor(['projections', 'list', '--json']);
    expect(json.find((row: any) => row.name === 'worklist')).toMatchObject({ group: 'main', state: 'live', parked: 0 });
    const { code, out } = await purveyor(['projections', 'list']);
    expect([code, out.trimEnd().split('\n').length]).toEqual([0, json.length + 1]);
  });

  it('rebuilds a view, says when it is done, and goes back', async () => {
    const rebuilt = await purveyor(['projections', 'rebuild', 'portfolios', '--json']);
    expect([rebuilt.code, rebuilt.json]).toMatchObject([0, { name: 'portfolios', rebuild: null, kept: {} }]);
    expect((await purveyor(['projections', 'revert', 'portfolios'])).out).toMatch(/^name +portfolios\n/);
    expect((await purveyor(['projections', 'parked', 'portfolios'])).out).toBe('nothing is parked\n');
    expect((await purveyor(['projections', 'replay', 'portfolios', '--no-wait', '--json'])).json.rebuild).toBeNull();
    expect((await purveyor(['projections', 'show', 'nothing'])).code).toBe(4);
  });

  it('passes filters on, and says when there is more', async () => {
    const states = (await purveyor(['list', 'operations', '--state', 'PROVISIONED', '--json'])).json;
    expect(states).toEqual([]);
    const one = await purveyor(['list', 'products', '--limit', '1']);
    expect([one.out.trimEnd().split('\n').length, one.err]).toEqual([2, expect.stringContaining('there are more')]);
    expect((await purveyor(['list', 'processes', '--status', 'failed|waiting', '--json'])).json).toEqual([]);
    expect((await purveyor(['list', 'subscriptions', '--search', 'nothing', '--json'])).json).toEqual([]);
  });

  it('searches, filters, sorts, counts and writes CSV', async () => {
    const ids = async (...args: string[]) =>
      (await purveyor(['list', 'operations', ...args, '--json'])).json.map(({ id }: any) => id);
    expect(await ids('--filter', `id=${failed}`, '--search', 'sandbox')).toEqual([failed]);
    expect(await ids('--filter', `id=${failed}`, '--filter', 'state=PROVISIONED')).toEqual([]);
    const all = await ids();
    expect(await ids('--sort', 'createdAt,asc')).toEqual(all.toReversed());
    expect(await ids('--sort', 'updatedAt,desc', '--limit', '1')).toHaveLength(1);
    expect((await purveyor(['list', 'operations', '--count'])).out).toBe(`${all.length}\n`);
    expect((await purveyor(['list', 'portfolios', '--count', '--search', 'none', '--json'])).json).toEqual({
      total: 0,
    });
    const csv = (await purveyor(['list', 'operations', '--csv'])).out.split('\r\n');
    expect(csv).toHaveLength(all.length + 2);
    expect(csv[0]).toMatch(/^id,state,code,/);
    expect((await purveyor(['list', 'operations', '--csv', '--sort', 'state,asc'])).code).toBe(EXIT.refused);
    expect((await purveyor(['list', 'operations', '--csv', '--count'])).code).toBe(EXIT.usage);
    for (const wrong of ['state', '=x', 'state=a,b'])
      expect((await purveyor(['list', 'operations', '--filter', wrong])).code).toBe(EXIT.usage);
    expect((await purveyor(['list', 'operations', '--filter', 'x=1'])).code).toBe(EXIT.refused);
  });

  it('shows a portfolio, an operation and a product with everything', async () => {
    const product = (await world.api('GET', '/api/products')).body[0].product_id;
    for (const [kind, id] of [
      ['portfolio', portfolio],
      ['operation', failed],
      ['product', product],
    ]) {
      const { body } = await world.api('GET', `/api/${kind}s/${id}`);
      const { code, json } = await purveyor(['show', kind!, id!, '--json']);
      expect([kind, code, json]).toEqual([kind, 0, body]);
      const { out } = await purveyor(['show', kind!, id!]);
      for (const key of Object.keys(body)) expect(out).toMatch(new RegExp(`^${key}\\b`, 'm'));
    }
  });

  it('reads streams: events, state, difference, and whether they are whole', async () => {
    const stream = `portfolio-${portfolio}`;
    const recorded = await world.events(stream);
    expect((await purveyor(['events', stream, '--json'])).json).toEqual(recorded);
    expect((await purveyor(['events', stream, '--backwards', '--limit', '1'])).out).toContain(recorded.at(-1)!.type);
    expect((await purveyor(['state', stream, '--at', '0', '--json'])).json).toMatchObject({ stream, revision: 0 });
    const difference = await purveyor(['audit', 'diff', stream, '--from', '0', '--json']);
    expect(difference.json.changes.length).toBeGreaterThan(0);
    expect((await purveyor(['audit', 'diff', stream, '--from', '0', '--to', '0'])).out).toBe('no change\n');
    expect((await purveyor(['explain', stream, '--json'])).json).toMatchObject({ stream, open: false, waits: [] });
    expect((await purveyor(['events', stream])).out).toMatch(/^0 +20\d\d-\d\d-\d\d /m);
    const watched = await purveyor(['watch', '--streams', stream, '--after', '0', '--until', recorded.at(-1)!.type]);
    expect([watched.code, watched.out.trimEnd().split('\n').length]).toEqual([0, recorded.length]);
    const verified = await purveyor(['audit', 'verify', '--stream', stream]);
    expect([verified.code, verified.out]).toEqual([0, `whole: ${recorded.length} events\n`]);
  });

  it('signs checkpoints, lists them, and holds the log against one that was kept', async () => {
    const signed = await purveyor(['audit', 'sign']);
    expect([signed.code, signed.err]).toEqual([0, '']);
    const { json } = await purveyor(['audit', 'checkpoints', '--limit', '5', '--json']);
    expect(json.items[0].text.trimEnd()).toBe(signed.out.trimEnd());
    expect((await purveyor(['audit', 'checkpoints'])).out).toMatch(new RegExp(`^${json.items[0].position} `, 'm'));
    const kept = join(mkdtempSync(join(tmpdir(), 'purveyor-checkpoint-')), 'kept');
    writeFileSync(kept, signed.out);
    expect((await purveyor(['audit', 'verify', '--checkpoint', kept])).code).toBe(0);
    rmSync(dirname(kept), { recursive: true });
    expect((await purveyor(['audit', 'checkpoints', '--limit', '0'])).code).toBe(EXIT.usage);
  });

  it('retries an operation that failed, and follows it to its end', async () => {
    const stream = `operation-${failed}`;
    const from = String((await world.events(stream)).length);
    const following = purveyor(['follow', stream, '--from', from, '--until', 'Provisioned']);
    const { code, json } = await purveyor(['retry', 'operation', failed, '--json']);
    expect([code, json]).toEqual([0, { id: failed, position: expect.any(Number) }]);
    const seen = await following;
    expect([seen.code, seen.out]).toEqual([0, expect.stringMatching(/^\d+ {2}.* {2}Provisioned {2}.*\n$/m)]);
    const shown = await purveyor(['show', 'operation', failed, '--json', '--min-position', String(json.position)]);
    expect(shown.json.state).toBe('PROVISIONED');
  }, 30_000);

  it('retries the stage a portfolio stands at, lets it go on after a pause, and says what is refused', async () => {
    await world.script({ method: 'POST', path: '/csp/azure/tenants' }, { kind: 'fail', status: 400 });
    const [first, second] = [await createPortfolio(world), await createPortfolio(world)];
    const states = async () =>
      (await Promise.all([first, second].map((id) => world.api('GET', `/api/portfolios/${id}`)))).map(
        ({ body }) => body,
      );
    await until(states, (found) => found.every(({ phase }) => ['FAILED', 'COMPLETED'].includes(phase)));
    const broken = (await states()).find(({ phase }) => phase === 'FAILED');
    expect((await world.api('POST', `/api/portfolios/${broken.id}/pause`, { reason: 'lunch' })).status).toBe(202);
    expect((await purveyor(['retry', 'portfolio', broken.id])).out).toContain(`accepted: portfolio ${broken.id}`);
    expect((await purveyor(['resume', 'portfolio', broken.id])).code).toBe(0);
    await reaches(world, broken.id, 'COMPLETED');
    const refused = await purveyor(['abort', 'portfolio', broken.id, '--reason', 'too late']);
    expect([refused.code, refused.out, refused.err]).toEqual([
      3,
      '',
      expect.stringMatching(/^purveyor: .+HTTP 409\)\n$/s),
    ]);
  }, 40_000);

  it('aborts a process that failed, once for one key', async () => {
    const product = (await world.api('GET', '/api/products')).body[0].product_id;
    await world.script({ path: '/scim/v2/Groups' }, { kind: 'fail', status: 400 }, 1);
    const { body } = await world.api('POST', '/api/processes/create_user_group', [{ product }, { group_name: 'Ants' }]);
    const status = async () => (await world.api('GET', `/api/processes/${body.id}`)).body.last_status;
    await until(status, (found) => found === 'failed');
    const both = [await purveyor(['abort', 'process', body.id, '--key', 'k', '--json'])];
    both.push(await purveyor(['abort', 'process', body.id, '--key', 'k', '--json']));
    expect(both.map(({ code, json }) => [code, json])).toEqual([
      [0, both[0]!.json],
      [0, both[0]!.json],
    ]);
    await until(status, (found) => found === 'aborted');
    expect((await purveyor(['retry', 'process', body.id])).code).toBe(3);
  }, 40_000);

  it('ends with a code that means something', async () => {
    const env = { ...process.env, PURVEYOR_URL: world.url };
    const code = async (args: readonly string[], env?: Record<string, string>) => (await purveyor(args, env)).code;
    expect(await code(['--help'])).toBe(0);
    expect(await code(['list', 'nothing'])).toBe(2);
    expect(await code(['abort', 'portfolio', NOTHING])).toBe(2);
    expect(await code(['list', 'portfolios', '--limit', 'many'])).toBe(2);
    expect(await code(['list', 'subscriptions', '--insync', 'perhaps'])).toBe(3);
    expect(await code(['show', 'portfolio', NOTHING])).toBe(4);
    expect(await code(['status'], { PURVEYOR_URL: 'http://127.0.0.1:1' })).toBe(6);
    expect(await code(['status'], { PURVEYOR_URL: world.sandboxUrl })).not.toBe(0);
    const full = spawnSync('sh', ['-c', 'node scripts/purveyor.mjs list csps > /dev/full'], { env, encoding: 'utf8' });
    expect([full.status, full.stderr]).toEqual([8, expect.stringContaining('cannot be written: ENOSPC')]);
    const problem = await purveyor(['show', 'portfolio', NOTHING, '--json']);
    expect([problem.out, JSON.parse(problem.err)]).toEqual([
      '',
      expect.objectContaining({ code: 'portfolio_not_found' }),
    ]);
  }, 30_000);

  it('takes its token from a file, and says when it may not', async () => {
    const node = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' });
    const [value = '', line = ''] = node(SERVER, 'token', 'rita', 'read').trim().split('\n');
    writeFileSync(world.file('tokens'), line);
    writeFileSync(world.file('token'), `${value}\n`);
    await world.restartServer({ PURVEYOR_TOKENS_FILE: world.file('tokens') });
    expect((await purveyor(['list', 'csps'])).code).toBe(5);
    expect((await purveyor(['list', 'csps', '--token-file', world.file('token')])).code).toBe(0);
    expect((await purveyor(['list', 'csps'], { PURVEYOR_TOKEN_FILE: world.file('token') })).code).toBe(0);
    const env = { PURVEYOR_TOKEN: value };
    expect((await purveyor(['status'], env)).code).toBe(0);
    expect((await purveyor(['retry', 'operation', failed], env)).code).toBe(5);
  }, 40_000);
});
