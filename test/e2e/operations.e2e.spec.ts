import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { becomes, command, createOperation, made, need, POST, typesOf } from './operations.js';
import { callbacksOfOperations } from './operations.callbacks.js';
import { requestsToProvisioners } from './operations.requests.js';
import { expectProblem } from './portfolios.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
}, 60_000);
beforeEach(async () => {
  await world.clearScripts();
});
afterAll(() => world?.stop());

describe('an operation', () => {
  it.each(['instant', 'poll', 'callback'] as const)(
    '%s: is provisioned, then deprovisioned',
    async (mode) => {
      const id = await createOperation(world, [need('a', mode), need('b', mode, { secret: true })]);
      const done = await becomes(world, id, 'PROVISIONED');
      expect(done).toMatchObject({ code: 300, commands: ['deprovision'], attempts: 2, lastError: null });
      expect(done.needs.map((each: any) => [each.id, each.provision.state, each.resource.secret])).toEqual([
        ['a', 'done', false],
        ['b', 'done', true],
      ]);
      expect((await made(world, id)).map(({ state }) => state)).toEqual(['exists', 'exists']);
      expect((await command(world, id, 'deprovision')).status).toBe(202);
      expect((await becomes(world, id, 'DEPROVISIONED')).code).toBe(1000);
      expect((await made(world, id)).map(({ state }) => state)).toEqual(['gone', 'gone']);
      const types = await typesOf(world, id);
      expect(types.includes('ProvisioningRequested')).toBe(mode !== 'instant');
      expect(types.includes('DeprovisioningRequested')).toBe(mode !== 'instant');
      const log = JSON.stringify(await world.events(`operation-${id}`));
      expect(log).not.toContain('secret-of-');
      expect(log).toContain(`vault:operation-${id}/b/provision#1`);
    },
    40_000,
  );

  it('without needs is provisioned at once', async () => {
    const id = await createOperation(world, []);
    await becomes(world, id, 'PROVISIONED');
    expect(await typesOf(world, id)).toEqual(['OperationCreated', 'ProvisioningStarted', 'Provisioned']);
  });

  it('with a type nobody provides fails and names the type', async () => {
    const id = await createOperation(world, [{ id: 'a', type: 'ghost' }]);
    const failed = await becomes(world, id, 'PROVISIONING_FAILED');
    expect(failed).toMatchObject({ code: 290, lastError: { code: 'no_provisioner' } });
    expect(failed.lastError.message).toContain('ghost');
  });

  it('takes back what was made before another need failed', async () => {
    await world.script({ ...POST, bodyContains: '"needId":"b"' }, { kind: 'fail', status: 400 });
    const id = await createOperation(world, [need('a', 'instant'), need('b')]);
    const end = await becomes(world, id, 'DEPROVISIONED');
    expect(end.lastError).toMatchObject({ kind: 'refused', code: 'ScriptedFailure', step: 'b/provision' });
    expect((await made(world, id)).map(({ need: of, state }) => [of, state])).toEqual([['a', 'gone']]);
    expect((await typesOf(world, id)).includes('ProvisioningFailed')).toBe(true);
  }, 40_000);

  it('or leaves it, says what is left, and goes on when an operator retries', async () => {
    await world.script({ ...POST, bodyContains: '"needId":"b"' }, { kind: 'fail', status: 400 });
    const id = await createOperation(world, [need('a', 'instant'), need('b', 'instant')], { onFailure: 'leave' });
    const failed = await becomes(world, id, 'PROVISIONING_FAILED');
    expect(failed.left).toEqual([
      { need: 'a', todo: 'deprovision' },
      { need: 'b', todo: 'provision' },
    ]);
    expect(failed.commands).toEqual(['retry', 'fail', 'deprovision']);
    expect((await command(world, id, 'retry')).status).toBe(202);
    await becomes(world, id, 'PROVISIONED');
  }, 40_000);

  it('is the same for the same correlation id, and another manifest is refused', async () => {
    const body = { manifest: { needs: [need('a', 'instant')] }, correlationId: 'mine-1' };
    const first = await world.api('POST', '/api/operations', body);
    const second = await world.api('POST', '/api/operations', body);
    expect([first.status, second.status, second.body.id]).toEqual([202, 202, first.body.id]);
    const other = { ...body, manifest: { needs: [need('z')] } };
    expectProblem(await world.api('POST', '/api/operations', other), 409, 'operation_exists');
  });

  it('is refused with pointers, and found by state, type and overdue', async () => {
    const bad = await world.api('POST', '/api/operations', { manifest: { needs: [{ id: 'a/b', type: '' }] } });
    expectProblem(bad, 400, 'validation_failed');
    expect(bad.body.errors.map((each: any) => each.pointer)).toContain('/manifest/needs/0/id');
    const id = await createOperation(world, [{ id: 'a', type: 'odd_type' }]);
    await becomes(world, id, 'PROVISIONING_FAILED');
    const ids = async (query: string) =>
      (await world.api('GET', `/api/operations?${query}`)).body.items.map((each: any) => each.id);
    expect(await ids('type=odd_type')).toEqual([id]);
    expect(await ids('type=odd%25type')).toEqual([]);
    expect(await ids('state=PROVISIONING_FAILED&type=odd_type')).toEqual([id]);
    expect(await ids('overdue=true&type=odd_type')).toEqual([]);
    expectProblem(await world.api('GET', '/api/operations?state=NOPE'), 400);
    expectProblem(await world.api('GET', '/api/operations/none'), 404, 'operation_not_found');
  });
});

requestsToProvisioners(() => world);
callbacksOfOperations(() => world);
