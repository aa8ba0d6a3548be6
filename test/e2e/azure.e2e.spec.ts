import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createAzure,
  createPortfolio,
  expectProblem,
  fundedFacts,
  portfolio,
  reaches,
  taskOrder,
} from './portfolios.js';
import { CHANGES, changesOf, objectsIn, STAGES } from './azure.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
  await world.settings({ pollsBeforeDone: 1, retryAfterSeconds: 0 });
}, 60_000);
afterAll(() => world?.stop());

describe('a portfolio on the 22 stages', () => {
  let id: string;
  beforeAll(async () => {
    id = await createAzure(world);
    await reaches(world, id, 'COMPLETED');
  }, 40_000);

  it('went through them in exactly their order, each with one attempt', async () => {
    const found = await portfolio(world, id);
    expect(found.stages.map((stage: any) => [stage.stage, stage.state, stage.attempts])).toEqual(
      STAGES.map((name) => [name, 'COMPLETED', 1]),
    );
    const started = (await world.events(`portfolio-${id}`)).filter((event) => event.type === 'StageStarted');
    const steps = started.map((event) => event.data['step'] as string);
    expect(steps.filter((step) => !step.startsWith('after/'))).toEqual(STAGES);
  });

  it('changed the world once for each request, in their order', async () => {
    const changes = await changesOf(world, id);
    expect(changes.map(({ kind }) => kind)).toEqual(CHANGES);
    expect(new Set(changes.map(({ key }) => key)).size).toBe(CHANGES.length);
  });

  it('left no access to everything behind', async () => {
    expect((await objectsIn(world, 'owners')).length).toBeGreaterThanOrEqual(2);
    expect(await objectsIn(world, 'elevations')).toEqual([]);
  });

  it('has made its own secrets, and shows only where they are', async () => {
    const events = await world.events(`portfolio-${id}`);
    const { facts } = events[0]!.data;
    for (const name of ['password', 'new_password', 'billing_owner_password'])
      expect(facts[name]).toBe(`vault:portfolio-${id}/facts/${name}#1`);
    const found = await portfolio(world, id);
    const credential = found.stages.find((stage: any) => stage.stage === 'TENANT_PRINCIPAL_CREDENTIAL');
    expect(credential.result.principal_client_secret).toMatch(/^vault:portfolio-/);
  });

  it('shares its log with portfolios that finish on version 1', async () => {
    const old = await createPortfolio(world);
    const found = await reaches(world, old, 'COMPLETED');
    expect(found.plan).toMatchObject({ version: 1 });
    expect(found.stages.map((stage: any) => stage.stage)).toEqual(['TENANT', 'BILLING_PROFILE', 'ADMIN_SUBSCRIPTION']);
  }, 40_000);
});

describe('a CSP that answers 200 where it usually says 202', () => {
  it('leaves nothing to wait for: the verification takes what is known already', async () => {
    for (const kind of ['createBillingProfile', 'enableAzurePlans', 'purchaseProduct'])
      await world.script({ kind }, { kind: 'instant' });
    const id = await createAzure(world);
    const found = await reaches(world, id, 'COMPLETED');
    const result = (name: string) => found.stages.find((stage: any) => stage.stage === name).result;
    expect(result('BILLING_PROFILE_CREATION').billing_profile_verify_url).toBeUndefined();
    expect(result('BILLING_PROFILE_VERIFICATION').billing_profile_name).toMatch(/./);
    expect(result('PRODUCT_PURCHASE_VERIFICATION').premium_purchase_date).toMatch(/^\d{4}-/);
  }, 40_000);
});

describe('eligibility', () => {
  const waits = async (facts: Record<string, unknown>) => {
    const id = await createAzure(world, { facts: fundedFacts(facts) });
    return [id, await reaches(world, id, 'POSTPONED')] as const;
  };

  it('without a signed task order it waits and says why, and starts when one comes', async () => {
    const [id, found] = await waits({ task_orders: [{ ...taskOrder(), signed: false }] });
    expect(found.postponed).toMatchObject({ code: 'no_signed_task_order', until: null });
    expect(found.commands.map((one: any) => one.command)).toEqual(['amend-facts', 'abandon']);
    const bad = await world.api('PATCH', `/api/portfolios/${id}/facts`, { facts: { task_orders: [{ number: 1 }] } });
    expectProblem(bad, 400);
    const amended = { facts: { task_orders: [taskOrder()] } };
    expect((await world.api('PATCH', `/api/portfolios/${id}/facts`, amended)).status).toBe(202);
    const done = await reaches(world, id, 'COMPLETED');
    expect(done.postponed).toBeNull();
  }, 40_000);

  it('before the period it names the day on which it will start by itself', async () => {
    const [, found] = await waits({ task_orders: [taskOrder({ start_date: '2098-01-01' })] });
    expect(found.postponed).toMatchObject({ code: 'period_not_begun', until: Date.parse('2098-01-01') });
  });

  it('after the period it waits for people', async () => {
    const [, found] = await waits({ task_orders: [taskOrder({ end_date: '2021-01-01' })] });
    expect(found.postponed).toMatchObject({ code: 'period_over', until: null });
  });
});

describe('another CSP, added as docs/how-to/add-a-csp.md says', () => {
  it('is listed with its own plan, and a portfolio completes at it', async () => {
    const plan = await world.api('GET', '/api/csps/sandbox/plan');
    expect(plan.body.stages.map((stage: any) => stage.name)).toEqual(['ACCOUNT', 'PRODUCTION', 'TEST']);
    const body = { name: 'First', csp: 'sandbox', facts: { owner_email: 'ada@example.org' } };
    const { id } = (await world.api('POST', '/api/portfolios', body)).body;
    const found = await reaches(world, id, 'COMPLETED');
    expect(found.stages[1].result).toEqual({ environment_id: 'First/production' });
    expect((await changesOf(world, id)).map(({ kind }) => kind)).toEqual([
      'createAccount',
      'putEnvironment',
      'putEnvironment',
    ]);
  }, 40_000);

  it('an unknown CSP or version is refused by name', async () => {
    const body = { name: 'First', csp: 'nowhere', facts: {} };
    expect((await world.api('POST', '/api/portfolios', body)).body.errors[0].pointer).toBe('/csp');
    const old = { name: 'First', csp: 'sandbox', plan_version: 9, facts: {} };
    expect((await world.api('POST', '/api/portfolios', old)).body.errors[0].pointer).toBe('/plan_version');
  });
});

describe('many at once', () => {
  it('50 portfolios complete, each with everything done once and in order', async () => {
    const began = Date.now();
    const ids = await Promise.all(Array.from({ length: 50 }, () => createAzure(world)));
    for (const id of ids) await reaches(world, id, 'COMPLETED', 120_000);
    process.stdout.write(`50 portfolios of 22 stages in ${Date.now() - began} ms\n`);
    for (const id of ids) expect((await changesOf(world, id)).map(({ kind }) => kind)).toEqual(CHANGES);
    expect((await world.api('GET', '/api/audit/verify')).body.ok).toBe(true);
  }, 180_000);
});
