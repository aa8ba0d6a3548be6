import { afterEach, describe, expect, it } from '@jest/globals';
import { createPortfolio, portfolio } from './portfolios.js';
import { until, World } from './world.js';

/** Every stage and step that calls outside, with the collection it calls. Steps without a call are not in this matrix. */
const CALLS = [
  { key: 'TENANT', path: '/csp/azure/tenants', kind: 'tenants' },
  { key: 'BILLING_PROFILE', path: '/csp/azure/billing-profiles', kind: 'billing-profiles' },
  { key: 'ADMIN_SUBSCRIPTION', path: '/csp/azure/admin-subscriptions', kind: 'admin-subscriptions' },
  { key: 'provision_user_group', path: '/scim/v2/Groups', kind: 'Groups' },
] as const;
const POINTS = ['before the work', 'after the work', 'after the append'] as const;
type Call = (typeof CALLS)[number];

const cells = CALLS.flatMap((call) => POINTS.map((point) => ({ call, point, name: `${call.key}: ${point}` })));
const seed = Number(process.env['PURVEYOR_SEED'] ?? Date.now() % 1_000_000);

/** A slice of 6 that the seed chooses, or all with PURVEYOR_FULL=1. The order is a shuffle by a linear congruence. */
function chosen(): typeof cells {
  if (process.env['PURVEYOR_FULL'] === '1') return cells;
  let state = seed;
  const ranked = cells.map((cell) => ({ cell, rank: (state = (state * 48_271 + 11) % 2_147_483_647) }));
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, 6)
    .map(({ cell }) => cell);
}

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

interface Job {
  readonly stream: string;
  /** Resolves with what people see once the job has ended well. */
  end(): Promise<any>;
}

async function startJob(at: World, { key }: Call): Promise<Job> {
  if (key !== 'provision_user_group') {
    const id = await createPortfolio(at);
    const ended = (found: any) => found?.state === 'COMPLETED';
    return { stream: `portfolio-${id}`, end: () => until(() => portfolio(at, id), ended) };
  }
  const products = await at.api('GET', '/api/products');
  const product = (products.body.items ?? products.body)[0].product_id;
  const started = await at.api('POST', '/api/processes/create_user_group', [{ product }, { group_name: 'Crash' }]);
  const { id } = started.body;
  const ask = async () => (await at.api('GET', `/api/processes/${id}`)).body;
  return { stream: `process-${id}`, end: () => until(ask, (found) => found?.last_status === 'completed') };
}

const entries = async (at: World, { kind }: Call) =>
  (await at.ledger()).filter((entry) => entry.kind === kind && entry.method === 'POST');

/** Lets the job run to the point, kills the server there and says what proves that the point was reached. */
async function killAt(at: World, job: Job, call: Call, point: (typeof POINTS)[number]): Promise<string> {
  if (point === 'after the append') {
    const completed = (type: string) => /^(Stage|Step)(Completed|Succeeded)$/.test(type);
    const found = await until(
      () => at.events(job.stream),
      (events) => events.some((event) => completed(event.type) && event.data['step'] === call.key),
    );
    await at.kill9Server();
    return `${found.length} events on disk`;
  }
  await until(
    () => entries(at, call),
    (found) => found.length > 0,
  );
  await at.kill9Server();
  const [first] = await entries(at, call);
  expect(first?.applied).toBe(false);
  if (point === 'before the work') return 'the request had arrived and nothing was done';
  await until(
    () => entries(at, call),
    (found) => found[0]?.applied === true,
  );
  return 'the work was done with the server dead';
}

describe(`kill -9 (seed ${seed})`, () => {
  it.each(chosen())(
    '$name',
    async ({ call, point, name }) => {
      world = await World.start();
      const match = { method: 'POST', path: call.path };
      if (point === 'before the work') await world.script(match, { kind: 'hang' });
      if (point === 'after the work') await world.script(match, { kind: 'delay', ms: 1_500 });
      const job = await startJob(world, call);
      process.stdout.write(`cell ${name}: ${await killAt(world, job, call, point)}\n`);
      await world.restartServer();
      await job.end();
      const applied = (await world.ledger()).filter((entry) => entry.applied && entry.method === 'POST');
      const perKind = new Map(applied.map((entry) => [entry.kind, 0]));
      for (const { kind } of applied) perKind.set(kind, perKind.get(kind)! + 1);
      expect([...perKind.values()].every((count) => count === 1)).toBe(true);
      expect(perKind.has(call.kind)).toBe(true);
      expect((await world.api('GET', '/api/audit/verify')).body.ok).toBe(true);
    },
    60_000,
  );
});
