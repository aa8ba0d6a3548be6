import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { becomes, createOperation, need } from './operations.js';
import { createPortfolio, reaches } from './portfolios.js';
import { purveyor } from './purveyor.js';
import { until, World } from './world.js';

const DAY = 86_400_000;
let world: World;
let portfolio: string;
let failed: string;

const board = async (name: string) => (await world.api('GET', `/api/dashboards/${name}`)).body;

/** A portfolio and a user group that end well, an operation that fails. */
beforeAll(async () => {
  world = await World.start();
  portfolio = await createPortfolio(world);
  await reaches(world, portfolio, 'COMPLETED');
  const products = (await world.api('GET', '/api/products')).body as { product_id: string; name: string }[];
  const product = products.find(({ name }) => name === 'User Group')!.product_id;
  const started = await world.api('POST', '/api/processes/create_user_group', [{ product }, { group_name: 'Ants' }]);
  await until(
    async () => (await world.api('GET', `/api/processes/${started.body.id}`)).body,
    (found) => found?.last_status === 'completed',
  );
  await world.script({ method: 'POST', path: '/provisioners/sandbox' }, { kind: 'fail', status: 400 });
  failed = await createOperation(world, [need('a', 'instant')], { onFailure: 'leave' });
  await becomes(world, failed, 'PROVISIONING_FAILED');
  const { position } = (await world.api('GET', `/api/operations/${failed}`)).body;
  await world.api('GET', `/api/dashboards/operations?min_position=${position}`);
}, 90_000);
afterAll(() => world?.stop());

describe('dashboards', () => {
  it('tell how long every stage took, and that nothing is open', async () => {
    const { from, counts, open, begun, ended, steps, reasons } = await board('portfolios');
    expect(from % DAY).toBe(0);
    const { body: history } = await world.api('GET', `/api/audit/streams/portfolio-${portfolio}`);
    const completed = history.items.find(({ type }: { type: string }) => type === 'PortfolioCompleted').metadata.time;
    const state = { csp: 'azure', state: 'COMPLETED', phase: 'COMPLETED', count: 1, oldestSince: completed };
    expect([counts, open, reasons]).toEqual([[state], [], []]);
    expect(begun).toEqual([{ kind: 'azure', count: 1 }]);
    expect(ended).toMatchObject([{ kind: 'azure', outcome: 'completed', time: { count: 1 } }]);
    const { body } = await world.api('GET', `/api/portfolios/${portfolio}`);
    const stages = (body.stages as { stage: string }[]).map(({ stage }) => stage);
    expect(steps.map(({ step }: { step: string }) => step)).toEqual(expect.arrayContaining(stages));
    const p90 = steps.map(({ time }: any) => time.seconds.p90);
    expect(p90).toEqual([...p90].sort((a, b) => b - a));
  });

  it('tell throughput and durations of workflows and their steps', async () => {
    const { counts, ended, steps } = await board('processes?days=1');
    expect(counts).toEqual([]);
    expect(ended).toMatchObject([{ kind: 'create_user_group', outcome: 'completed', time: { count: 1 } }]);
    expect(steps.length).toBeGreaterThan(3);
    for (const { kind, time, attempts } of steps)
      expect([kind, time.count, attempts.failed]).toEqual(['create_user_group', 1, 0]);
  });

  it('tell error rates and reasons by resource type', async () => {
    const { counts, open, steps, reasons } = await board('operations');
    expect(counts).toContainEqual({ state: 'PROVISIONING_FAILED', types: ['sandbox'], count: 1, overdue: 0 });
    expect(open).toMatchObject([{ kind: 'sandbox', step: 'provision', state: 'failed', on: 'people', count: 1 }]);
    const sandbox = steps.find(({ kind }: { kind: string }) => kind === 'sandbox');
    expect(sandbox.attempts).toEqual({ done: 0, retried: 0, failed: 1, errorRate: 1 });
    expect(reasons).toMatchObject([{ kind: 'sandbox', step: 'provision', count: 1, standing: 1 }]);
  });

  it('count subscriptions and their changes', async () => {
    const { byProduct, byCustomer, changes } = await board('subscriptions');
    expect(byProduct).toEqual([{ product: 'User Group', status: 'active', inSync: true, count: 1 }]);
    expect(byCustomer).toMatchObject([{ count: 1, active: 1 }]);
    expect(changes).toContainEqual({ change: 'created', count: 1 });
  });

  it('tell how the engine is', async () => {
    const { engine, workers, views, open, parked } = await board('engine');
    expect(engine.global_status).toBe('RUNNING');
    expect(workers.number_of_workers_online).toBe(1);
    expect(views.map(({ group }: { group: string }) => group)).toEqual(expect.arrayContaining(['main', 'figures']));
    expect(views[0]).toMatchObject({ behind: expect.any(Number), seconds: expect.any(Number) });
    expect([open, parked]).toEqual([expect.any(Object), 0]);
  });

  it("tell today's failures with the commands that help", async () => {
    const { total, items } = await board('failures');
    expect([total, items.length]).toEqual([1, 1]);
    expect(items[0]).toMatchObject({ stream: `operation-${failed}`, category: 'operation', step: 'a/provision' });
    expect(items[0].message).toEqual(expect.any(String));
    expect(items[0].commands).toContainEqual(
      expect.objectContaining({ command: 'retry', method: 'POST', url: `/api/operations/${failed}/retry` }),
    );
  });

  it('give series by hour and day, with the labels asked for', async () => {
    const hours = await board('series?figure=attempts&by=category,outcome');
    expect(hours.to - hours.from).toBe(DAY);
    const of = (category: string, outcome: string) =>
      hours.points.filter(({ labels }: any) => labels.category === category && labels.outcome === outcome);
    expect(of('operation', 'failed')).toMatchObject([{ count: 1, seconds: null }]);
    const days = await board('series?figure=step_time&grain=day&by=&category=portfolio');
    expect(days.points).toHaveLength(1);
    expect(days.points[0]).toMatchObject({ labels: {}, seconds: { p50: expect.any(Number) } });
    expect(days.points[0].at % DAY).toBe(0);
  });

  it.each([
    ['series', 400, 'validation_failed'],
    ['series?figure=toString', 400, 'validation_failed'],
    ['series?figure=begun&step=x', 400, 'bad_filter'],
    ['series?figure=begun&by=code', 400, 'bad_filter'],
    ['series?figure=begun&from=2020-01-01T00:00:00Z', 400, 'bad_range'],
    ['series?figure=begun&from=2030-01-01T00:00:00Z', 400, 'bad_range'],
    ['series?figure=begun&from=yesterday', 400, 'validation_failed'],
    ['series?figure=begun&by=__proto__', 400, 'validation_failed'],
    ['portfolios?days=0', 400, 'validation_failed'],
    ['processes?days=9999', 400, 'validation_failed'],
    ['failures?limit=51', 400, 'validation_failed'],
  ])('refuse %s', async (path, status, code) => {
    const answer = await world.api('GET', `/api/dashboards/${path}`);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each(['overview', 'portfolios', 'processes', 'operations', 'subscriptions', 'failures'])(
    'are told by the command line as the server does: %s',
    async (name) => {
      const { code, json } = await purveyor(world, ['dashboards', name, '--json']);
      expect([code, json]).toEqual([0, await board(name)]);
      const people = await purveyor(world, ['dashboards', name]);
      expect([people.code, people.err]).toEqual([0, '']);
    },
  );

  it('are tables for people', async () => {
    const { out } = await purveyor(world, ['dashboards', 'operations', '--days', '2']);
    expect(out).toMatch(/KIND +STEP +TIME\.COUNT/);
    const series = await purveyor(world, ['dashboards', 'series', 'step_time', '--grain', 'day', '--by', 'category']);
    expect(series.out).toMatch(/AT +CATEGORY +COUNT +SUM +P50 +P90 +P99/);
  });
});

describe('metrics', () => {
  let scrape: string;
  beforeAll(async () => {
    scrape = (await world.api('GET', '/metrics')).text;
  });
  const valueOf = (line: string) => {
    const found = scrape.split('\n').find((each) => each.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.slice(line.length + 1));
  };

  it('have everything that alert rules and the Grafana dashboard use', () => {
    const files = ['deploy/prometheus/purveyor.rules.yml', 'deploy/grafana/purveyor.json'];
    const used = new Set(files.flatMap((file) => readFileSync(file, 'utf8').match(/\bpurveyor_\w+/g) ?? []));
    expect(used.size).toBeGreaterThan(25);
    for (const name of used) {
      const base = [name, name.replace(/_(bucket|sum|count)$/, '')];
      expect([name, base.some((each) => scrape.includes(`\n# TYPE ${each} `))]).toEqual([name, true]);
    }
  });

  it('tell what the dashboards tell', async () => {
    const { steps } = await board('portfolios');
    for (const { kind, step, time } of steps) {
      const labels = `{category="portfolio",kind="${kind}",step="${step}"}`;
      expect(valueOf(`purveyor_step_seconds_count${labels}`)).toBe(time.count);
      expect(valueOf(`purveyor_step_seconds_sum${labels}`)).toBeCloseTo(time.seconds.sum, 6);
      expect(valueOf(`purveyor_step_seconds${labels.replace('}', ',quantile="0.9"}')}`)).toBe(time.seconds.p90);
    }
    const failures = scrape.match(
      /^purveyor_failures_total\{category="operation",kind="sandbox",step="provision",.* 1$/m,
    );
    expect(failures).not.toBeNull();
    expect(scrape).toMatch(
      /^purveyor_open_steps\{category="operation",kind="sandbox",.*state="failed",on="people".* 1$/m,
    );
    expect(valueOf('purveyor_subscriptions{product="User Group",status="active",in_sync="true"}')).toBe(1);
    expect(valueOf('purveyor_parked_events')).toBe(0);
  });

  it('are well formed: a type for every sample, no label set twice', () => {
    const lines = scrape.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const sets = lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(sets).size).toBe(sets.length);
  });
});
