import { beforeAll, describe, expect, it } from '@jest/globals';
import { becomes, command, createOperation, made, need, POST, typesOf } from './operations.js';
import type { World } from './world.js';

/** Requests to a provisioner that fails, cuts off, answers nonsense or tells the end by callback. */
export function requestsToProvisioners(opened: () => World): void {
  let world: World;
  beforeAll(() => {
    world = opened();
  });

  describe('what a provisioner does to a request', () => {
    it.each([
      ['two 503', { kind: 'fail', status: 503 }, 2],
      ['429 with Retry-After', { kind: 'fail', status: 429, retryAfter: 1 }, 1],
      ['a lost answer', { kind: 'lose_answer' }, 1],
      ['a cut connection', { kind: 'cut' }, 1],
      ['a delay', { kind: 'delay', ms: 300 }, 1],
    ] as const)(
      '%s: one key, done once',
      async (_name, behaviour, times) => {
        await world.script(POST, behaviour, times);
        const id = await createOperation(world, [need('a', 'instant')]);
        await becomes(world, id, 'PROVISIONED');
        const sent = (await world.ledger()).filter((entry) => entry.key?.includes(id));
        expect(new Set(sent.map((entry) => entry.key)).size).toBe(1);
        expect(sent.filter((entry) => entry.applied)).toHaveLength(1);
        if (_name !== 'a delay') expect(sent.length).toBe(times + 1);
      },
      40_000,
    );

    it.each([
      ['a redirect', { kind: 'fail', status: 302 }, 'unknown'],
      ['garbage', { kind: 'garbage', shape: 'json', work: true }, 'invalid_result'],
      ['text', { kind: 'garbage', shape: 'text', work: true }, 'invalid_result'],
    ] as const)(
      '%s: what may exist is taken back',
      async (_name, behaviour, kind) => {
        await world.script({ ...POST, bodyContains: '"type":"provision"' }, behaviour, 1);
        const id = await createOperation(world, [need('a', 'instant')], { attempts: 1 });
        const end = await becomes(world, id, 'DEPROVISIONED');
        expect(end.lastError.kind).toBe(kind);
        expect((await made(world, id)).every(({ state }) => state === 'gone')).toBe(true);
      },
      40_000,
    );

    it.each(['twice', 'early'] as const)(
      'callback %s: provisioned once',
      async (mode) => {
        await world.script(POST, { kind: 'callback', mode });
        const id = await createOperation(world, [need('a')]);
        await becomes(world, id, 'PROVISIONED');
        expect((await typesOf(world, id)).filter((type) => type === 'RequestCompleted')).toHaveLength(1);
      },
      40_000,
    );

    it('callback failed, retryable: again under the same key; not retryable: failed', async () => {
      const error = { code: 'Busy', message: 'later', retryable: true };
      await world.script(POST, { kind: 'callback', mode: 'failed', error });
      const id = await createOperation(world, [need('a', 'instant')]);
      await becomes(world, id, 'PROVISIONED');
      await world.script(POST, { kind: 'callback', mode: 'failed' });
      const failed = await createOperation(world, [need('a', 'instant')]);
      expect((await becomes(world, failed, 'PROVISIONING_FAILED')).lastError.code).toBe('ProvisioningFailed');
    }, 40_000);

    it('a polled operation that fails', async () => {
      await world.script(POST, { kind: 'poll', times: 1, outcome: 'failed', retryAfter: 1 });
      const id = await createOperation(world, [need('a')]);
      expect((await becomes(world, id, 'PROVISIONING_FAILED')).lastError.code).toBe('ProvisioningFailed');
    }, 40_000);

    it('a failed deprovisioning is never shown as deprovisioned', async () => {
      const id = await createOperation(world, [need('a', 'instant')]);
      await becomes(world, id, 'PROVISIONED');
      await world.script(POST, { kind: 'callback', mode: 'failed' });
      await command(world, id, 'deprovision');
      const failed = await becomes(world, id, 'DEPROVISIONING_FAILED');
      expect(failed).toMatchObject({
        code: 990,
        left: [{ need: 'a', todo: 'deprovision' }],
        commands: ['retry', 'fail'],
      });
      expect((await command(world, id, 'retry')).status).toBe(202);
      await becomes(world, id, 'DEPROVISIONED');
      expect((await made(world, id)).map(({ state }) => state)).toEqual(['gone']);
    }, 40_000);
  });
}
