import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { changesOf, objectsIn, STAGES } from './azure.js';
import { createAzure, expectProblem, portfolio, reaches } from './portfolios.js';
import { until, World } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
  await world.settings({ pollsBeforeDone: 0, retryAfterSeconds: 0 });
}, 60_000);
afterEach(() => world.clearScripts());
afterAll(() => world?.stop());

const post = (id: string, path: string, body: object = {}) => world.api('POST', `/api/portfolios/${id}/${path}`, body);
const failAt = (stage: string, kind: string, body?: unknown) =>
  world.script({ kind, keyContains: `/${stage}/` }, { kind: 'fail', status: 403, ...(body !== undefined && { body }) });
const commandsOf = (found: any, name: string) => found.commands.filter((one: any) => one.command === name);

describe('retry from an earlier stage', () => {
  it('an operation that failed at the CSP is begun anew by the stage that began it', async () => {
    await world.script({ kind: 'createBillingProfile' }, { kind: 'poll', times: 0, outcome: 'failed' });
    const id = await createAzure(world);
    const failed = await reaches(world, id, 'BILLING_PROFILE_VERIFICATION_FAILED');
    expect(failed.stages[2].failure).toMatchObject({ kind: 'refused', code: 'ProvisioningFailed' });
    expect(commandsOf(failed, 'retry-from').map((one: any) => one.stage)).toEqual(['BILLING_PROFILE_CREATION']);
    const second = await post(id, 'stages/TENANT/retry-from', { reason: 'a second tenant' });
    expectProblem(second, 409, 'stage_behind_barrier');
    expect(second.body).toMatchObject({ barrier: 'TENANT', stages: ['TENANT'] });
    expect((await post(id, 'stages/BILLING_PROFILE_CREATION/retry-from', { reason: 'it failed there' })).status).toBe(
      202,
    );
    await reaches(world, id, 'COMPLETED');
    const created = (await changesOf(world, id)).filter(({ kind }) => kind === 'createBillingProfile');
    expect(created.map(({ key }) => key)).toEqual([1, 2].map((n) => `portfolio-${id}/BILLING_PROFILE_CREATION/${n}`));
  }, 40_000);

  it('behind the credential reset nothing that needs the administrator is done again, and the refusal says so', async () => {
    await failAt('POLICIES', 'put_policyAssignments');
    const id = await createAzure(world);
    const failed = await reaches(world, id, 'POLICIES_FAILED');
    expect(commandsOf(failed, 'retry-from')).toEqual([]);
    const refused = await post(id, 'stages/TENANT_PRINCIPAL_APP/retry-from', { reason: 'try' });
    expectProblem(refused, 409, 'stage_behind_barrier');
    expect(refused.body).toMatchObject({ barrier: 'TENANT_ADMIN_CREDENTIAL_RESET' });
    expect(refused.body.stages).toContain('TENANT_PRINCIPAL_APP');
    expectProblem(await post(id, 'stages/NOWHERE/retry-from', { reason: 'try' }), 404);
    expect((await post(id, 'stages/POLICIES/resume')).status).toBe(202);
    await reaches(world, id, 'COMPLETED');
  }, 40_000);
});

describe('pause and continue', () => {
  it('nothing new leaves while a portfolio is paused', async () => {
    await failAt('TENANT', 'createTenant');
    const id = await createAzure(world);
    await reaches(world, id, 'TENANT_FAILED');
    expect((await post(id, 'pause', { reason: 'maintenance' })).status).toBe(202);
    expect((await post(id, 'stages/TENANT/resume')).status).toBe(202);
    const paused = await until(
      () => portfolio(world, id),
      (found) => found.phase === 'STARTED',
    );
    expect(paused.paused).toMatchObject({ reason: 'maintenance' });
    expect(commandsOf(paused, 'continue')).toHaveLength(1);
    expect(await changesOf(world, id)).toEqual([]);
    expect((await post(id, 'continue')).status).toBe(202);
    const done = await reaches(world, id, 'COMPLETED');
    expect(done.paused).toBeNull();
  }, 40_000);
});

/** What stays when everything that can be is taken back: Azure gives neither tenants nor licences back. */
const STAYS = ['domains', 'tenants', 'users', 'purchases', 'directoryRoles', 'directoryRolesNames'];
const leftOf = async (found: any) => {
  const tenant = found.stages[0].result.tenant_id as string;
  const profile = found.stages[2].result?.billing_profile_name ?? 'none';
  const all: any[] = await (await fetch(`${world.sandboxUrl}/azure/objects`)).json();
  const natural = ({ name }: any) => name === profile || name.startsWith(`${tenant}/`);
  return all.filter((one) => one.scope === tenant || one.scope.endsWith(`/${profile}`) || natural(one));
};

describe(`the way back (seed ${SEED}, PURVEYOR_FULL=1 from each stage)`, () => {
  it('a complete portfolio is taken back in reverse; what cannot be is shown', async () => {
    const id = await createAzure(world);
    await reaches(world, id, 'COMPLETED');
    const before = (await changesOf(world, id)).length;
    expect((await post(id, 'deprovision', { reason: 'closed' })).status).toBe(202);
    const found = await reaches(world, id, 'DEPROVISIONED');
    const undone = (await world.events(`portfolio-${id}`))
      .filter((event) => event.type === 'StageDeprovisioned' || event.type === 'StageLeftInPlace')
      .map((event) => event.data['step'].replace('/undo', ''));
    expect(undone).toEqual(['CHILDREN', ...STAGES.filter((name) => undone.includes(name)).toReversed()]);
    expect(undone.length).toBeGreaterThanOrEqual(17);
    const left = found.stages.filter((stage: any) => stage.undo?.state === 'LEFT_IN_PLACE');
    expect(left.map((stage: any) => stage.stage)).toEqual(['TENANT', 'PRODUCT_PURCHASE']);
    expect(new Set((await leftOf(found)).map(({ collection }) => collection))).toEqual(
      new Set(['users', 'purchases', 'directoryRoles', 'directoryRolesNames']),
    );
    const back = (await changesOf(world, id)).slice(before);
    expect(back[0]!.kind).toBe('delete_policyAssignments');
    expect(back.at(-1)!.kind).toBe('deleteBillingProfile');
    expect(new Set(back.map(({ key }) => key)).size).toBe(back.length);
    expect(await objectsIn(world, 'elevations')).toEqual([]);
    expectProblem(await post(id, 'deprovision', { reason: 'again' }), 409);
  }, 60_000);

  const stopAt = STAGES.filter((_name, index) => FULL || (index + SEED) % 7 === 0);
  const REQUEST: Record<string, string> = {
    BILLING_PROFILE_VERIFICATION: 'billingOperation',
    TASK_ORDER_BILLING_VERIFICATION: 'billingOperation',
    PRODUCT_PURCHASE_VERIFICATION: 'billingOperation',
  };
  it.each(stopAt)(
    'from %s a partly provisioned portfolio is taken back',
    async (stage) => {
      await world.script(
        { keyContains: `/${stage}/`, ...(REQUEST[stage] && { kind: REQUEST[stage] }) },
        { kind: 'fail', status: 403 },
      );
      const id = await createAzure(world);
      await reaches(world, id, `${stage}_FAILED`);
      expect((await post(id, 'deprovision', { reason: 'given up' })).status).toBe(202);
      const found = await reaches(world, id, 'DEPROVISIONED');
      const keys = (await changesOf(world, id)).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      if (found.stages[0].result !== null)
        expect((await leftOf(found)).map(({ collection }) => collection).filter((one) => !STAYS.includes(one))).toEqual(
          [],
        );
    },
    60_000,
  );

  it('what a long-running operation made is taken back although nobody had heard how it ended', async () => {
    await world.script({ kind: 'billingOperation' }, { kind: 'fail', status: 403 });
    const id = await createAzure(world);
    await reaches(world, id, 'BILLING_PROFILE_VERIFICATION_FAILED');
    await post(id, 'deprovision', { reason: 'given up' });
    const found = await reaches(world, id, 'DEPROVISIONED');
    expect((await changesOf(world, id)).map(({ kind }) => kind)).toContain('deleteBillingProfile');
    expect((await leftOf(found)).map(({ collection }) => collection)).toEqual(['users']);
    expect(found.leftOutside).toEqual([
      { stage: 'TENANT', certain: true, command: null, reason: expect.stringContaining('by hand') },
    ]);
  }, 60_000);

  it('what succeeds only after the portfolio was abandoned is recorded, shown and taken back', async () => {
    await world.script({ kind: 'createBillingRoleAssignment' }, { kind: 'delay', ms: 5_000 });
    const id = await createAzure(world);
    await reaches(world, id, 'BILLING_PROFILE_TENANT_ACCESS_IN_PROGRESS');
    expect((await post(id, 'abandon', { reason: 'too slow' })).status).toBe(202);
    const late = await until(
      () => portfolio(world, id),
      ({ leftOutside }) => leftOutside.some((one: any) => one.stage === 'BILLING_PROFILE_TENANT_ACCESS' && one.certain),
    );
    expect(late).toMatchObject({ state: 'ABANDONED', phase: 'ABANDONED' });
    expect(late.leftOutside.at(-1)).toMatchObject({ command: 'deprovision', reason: null });
    expect((await world.events(`portfolio-${id}`)).at(-1)).toMatchObject({ type: 'StageCompletedLate' });
    await post(id, 'deprovision', { reason: 'too slow' });
    const found = await reaches(world, id, 'DEPROVISIONED');
    expect((await leftOf(found)).map(({ collection }) => collection)).toEqual(['users']);
  }, 60_000);

  it('a failure on the way back is shown as such, and goes on when it is resumed', async () => {
    const id = await createAzure(world);
    await reaches(world, id, 'COMPLETED');
    await failAt('BILLING_OWNER/undo', 'deleteUser');
    await post(id, 'deprovision', { reason: 'closed' });
    const failed = await reaches(world, id, 'BILLING_OWNER_DEPROVISION_FAILED');
    expect(failed.phase).toBe('DEPROVISION_FAILED');
    expect(failed.commands).toEqual([
      { command: 'resume', stage: 'BILLING_OWNER' },
      { command: 'skip', stage: 'BILLING_OWNER' },
    ]);
    expect((await post(id, 'stages/BILLING_OWNER/resume')).status).toBe(202);
    await reaches(world, id, 'DEPROVISIONED');
  }, 60_000);

  it('an abandoned portfolio can be taken back', async () => {
    await failAt('TENANT_PRINCIPAL', 'createServicePrincipal');
    const id = await createAzure(world);
    await reaches(world, id, 'TENANT_PRINCIPAL_FAILED');
    await post(id, 'abandon', { reason: 'no' });
    const found = await until(
      () => portfolio(world, id),
      ({ phase }) => phase === 'ABANDONED',
    );
    expect(commandsOf(found, 'deprovision')).toHaveLength(1);
    await post(id, 'deprovision', { reason: 'no' });
    await reaches(world, id, 'DEPROVISIONED');
  }, 60_000);
});

describe('a whole CSP', () => {
  it('pauses and goes on by one command each; nothing leaves in between, nor after a restart', async () => {
    expect((await world.api('POST', '/api/csps/azure/pause', { reason: 'freeze' })).status).toBe(202);
    await world.restartServer();
    const listed = (await world.api('GET', '/api/csps')).body.find((one: any) => one.csp === 'azure');
    expect(listed).toMatchObject({ planVersions: [1, 2], paused: { reason: 'freeze' }, circuit: 'closed' });
    const id = await createAzure(world);
    const other = await world.api('POST', '/api/portfolios', {
      name: 'Other',
      csp: 'sandbox',
      facts: { owner_email: 'a@example.org' },
    });
    await reaches(world, other.body.id, 'COMPLETED');
    expect((await world.ledger()).filter(({ key }) => key?.includes(id))).toEqual([]);
    expect((await world.api('POST', '/api/csps/azure/continue')).status).toBe(202);
    await reaches(world, id, 'COMPLETED');
    expectProblem(await world.api('POST', '/api/csps/nowhere/pause', { reason: 'x' }), 404);
  }, 60_000);

  it('that does not answer is left alone after a while, visibly, and asked again by itself', async () => {
    await world.script({ kind: 'createTenant' }, { kind: 'fail', status: 503 }, 0);
    const ids = await Promise.all(Array.from({ length: 8 }, () => createAzure(world)));
    const gate = async () => (await world.api('GET', '/api/csps')).body.find((one: any) => one.csp === 'azure');
    const open = await until(gate, ({ circuit }) => circuit === 'open', 40_000);
    expect(open.failuresInARow).toBeGreaterThanOrEqual(20);
    expect(open.until).toBeGreaterThan(Date.now());
    const written = await until(gate, ({ circuits }) => circuits.length === 1);
    expect(written.circuits[0]).toMatchObject({ owner: expect.any(String), until: expect.any(Number) });
    await world.clearScripts();
    for (const id of ids) await reaches(world, id, 'COMPLETED', 60_000);
    expect(await gate()).toMatchObject({ circuit: 'closed', until: null, failuresInARow: 0 });
    await until(gate, ({ circuits }) => circuits.length === 0);
    const types = (await world.events('csp-azure')).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['CspCircuitOpened', 'CspCircuitClosed']));
  }, 120_000);
});
