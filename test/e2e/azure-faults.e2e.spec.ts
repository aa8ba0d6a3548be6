import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Behaviour } from '../../apps/sandbox/sandbox.types.js';
import { CHANGES, changesOf, objectsIn, STAGES } from './azure.js';
import { createAzure, portfolio } from './portfolios.js';
import { until, World } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

type Stage = (typeof STAGES)[number];

/** The request of each stage that suffers, as the sandbox's ledger calls it. */
const REQUEST: Record<Stage, string> = {
  TENANT: 'createTenant',
  BILLING_PROFILE_CREATION: 'createBillingProfile',
  BILLING_PROFILE_VERIFICATION: 'billingOperation',
  BILLING_PROFILE_TENANT_ACCESS: 'createBillingRoleAssignment',
  TASK_ORDER_BILLING_CREATION: 'enableAzurePlans',
  TASK_ORDER_BILLING_VERIFICATION: 'billingOperation',
  BILLING_INSTRUCTION: 'billingInstruction',
  PRODUCT_PURCHASE: 'purchaseProduct',
  PRODUCT_PURCHASE_VERIFICATION: 'billingOperation',
  TENANT_PRINCIPAL_APP: 'createApplication',
  TENANT_PRINCIPAL: 'createServicePrincipal',
  TENANT_PRINCIPAL_CREDENTIAL: 'addPassword',
  ADMIN_ROLE_DEFINITION: 'listRoleDefinitions',
  PRINCIPAL_ADMIN_ROLE: 'assignDirectoryRole',
  PRINCIPAL_APP_GRAPH_API_PERMISSIONS: 'grantAppRole',
  INITIAL_MGMT_GROUP: 'putManagementGroup',
  INITIAL_MGMT_GROUP_VERIFICATION: 'getManagementGroup',
  TENANT_ADMIN_OWNERSHIP: 'putRoleAssignment',
  TENANT_PRINCIPAL_OWNERSHIP: 'putRoleAssignment',
  BILLING_OWNER: 'createUser',
  TENANT_ADMIN_CREDENTIAL_RESET: 'updateUser',
  POLICIES: 'put_policyAssignments',
};

interface Fault {
  readonly name: string;
  readonly behaviour: Behaviour;
  /** The stage stops visibly and a person resumes it; else it goes on by itself. */
  readonly stops: boolean;
}
const FAULTS: readonly Fault[] = [
  { name: 'is refused', behaviour: { kind: 'fail', status: 403 }, stops: true },
  { name: 'answers garbage', behaviour: { kind: 'garbage', shape: 'text' }, stops: true },
  { name: 'answers a shape that does not fit', behaviour: { kind: 'garbage', shape: 'json' }, stops: true },
  { name: 'is busy', behaviour: { kind: 'fail', status: 503 }, stops: false },
  { name: 'loses its answer', behaviour: { kind: 'lose_answer' }, stops: false },
  { name: 'times out', behaviour: { kind: 'hang' }, stops: false },
];

/** Every stage with PURVEYOR_FULL=1, else every eighth, beginning where the seed and the fault say. */
const chosen = (fault: number): readonly Stage[] =>
  FULL ? STAGES : STAGES.filter((_stage, index) => (index + SEED + fault) % 8 === 0);

let world: World;
beforeAll(async () => {
  world = await World.start();
  await world.settings({ pollsBeforeDone: 0, retryAfterSeconds: 0 });
}, 60_000);
afterEach(() => world.clearScripts());
afterAll(() => world?.stop());

const resume = (id: string, stage: string) => world.api('POST', `/api/portfolios/${id}/stages/${stage}/resume`, {});

/** Waits until it has completed and resumes it wherever it stops; answers the stages at which it stopped. */
async function carryThrough(id: string): Promise<readonly string[]> {
  const stopped: string[] = [];
  for (;;) {
    const found = await until(
      () => portfolio(world, id),
      ({ phase }) => phase === 'COMPLETED' || phase === 'FAILED',
      180_000,
    );
    if (found.phase === 'COMPLETED') return stopped;
    expect(stopped).not.toContain(found.stage);
    stopped.push(found.stage);
    expect((await resume(id, found.stage)).status).toBe(202);
    await until(
      () => portfolio(world, id),
      (now) => now.state !== found.state,
    );
  }
}

describe(`each stage of the 22, when the CSP misbehaves (seed ${SEED})`, () => {
  it.each(FAULTS.map((fault, index) => ({ ...fault, stages: chosen(index) })))(
    'it $name: at $stages.length stages of one portfolio, which then completes with everything done once',
    async ({ behaviour, stops, stages }) => {
      // With the others an attempt that is over too soon would use an answer up.
      if (behaviour.kind === 'hang') await world.restartServer({ PURVEYOR_CSP_ATTEMPT_MS: '1000' });
      for (const stage of stages) await world.script({ kind: REQUEST[stage], keyContains: `/${stage}/` }, behaviour);
      const id = await createAzure(world);
      const stopped = await carryThrough(id);
      expect(stopped).toEqual(stops ? stages : []);
      expect((await changesOf(world, id)).map(({ kind }) => kind)).toEqual(CHANGES);
      expect(await objectsIn(world, 'elevations')).toEqual([]);
      const left = await (await fetch(`${world.sandboxUrl}/scripts`)).json();
      expect(left).toEqual([]);
    },
    300_000,
  );
});
