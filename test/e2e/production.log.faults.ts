import { beforeAll, expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { facts } from './portfolios.js';
import { HEALED_WITHIN, within } from './production.bounds.js';
import { begin } from './production.campaign.js';
import type { Faults } from './production.faults.js';
import type { Production } from './production.world.js';

/** The log is away, loses answers, or is led by another node. */
export function logFaults({ opened, group, faultWhere, standInFault, healthy, under }: Faults): void {
  let world: Production;
  beforeAll(() => {
    world = opened();
  });
  const create = (mark: string) =>
    world.api(
      'POST',
      '/api/portfolios',
      { name: mark, csp: 'azure', plan_version: 1, facts: facts({ domain_name: mark }) },
      { 'idempotency-key': mark },
    );

  group('the log', () => {
    for (const kind of ['hang', 'refuse'] as const)
      faultWhere(
        () => world.hasNetworkFaults,
        `away (${kind}): commands tell so after 3 s, views go on, and what was sent is there once it is back`,
        () => within(HEALED_WITHIN, (turn) => away(kind, `${kind}${turn}`)),
      );

    /** Answers how long after the fault all was well again, ms. */
    async function away(kind: 'hang' | 'refuse', mark: string): Promise<number> {
      let took = Infinity;
      await under(mark, 6, async () => {
        await world.fault({ kind });
        const began = Date.now();
        const unknown = await create(`${mark}x`);
        expect([unknown.status, unknown.body.code]).toEqual([503, 'outcome_unknown']);
        expect(unknown.body).toMatchObject({ outcome: 'unknown', command_id: expect.any(String) });
        expect(unknown.headers.get('retry-after')).toBe('3');
        expect(Date.now() - began).toBeGreaterThanOrEqual(2_900);
        const list = await world.api('GET', '/api/portfolios');
        expect([list.status, list.headers.get('purveyor-stale')]).toEqual([200, 'log-unreachable']);
        const ready = await world.readyz('api-1');
        expect([ready.status, ready.body.status]).toEqual([200, 'degraded']);
        await world.fault({ kind: 'none' });
        const healed = Date.now();
        await healthy('api-1');
        took = Date.now() - healed;
        const told = await begin(world, 'portfolio', `${mark}x`);
        expect(told.id).toBe(unknown.body.command_id);
        return [told];
      });
      return took;
    }

    standInFault('loses answers after it has written', () =>
      under('lost', 6, () => world.control('/lose-answers', { count: 10 })),
    );

    standInFault('gets another leader, twice, under load', () =>
      under('leader', 8, async () => {
        for (let n = 0; n < 2; n++) {
          await world.control('/change-leader', { electionMs: 500 });
          await sleep(1_500);
        }
      }),
    );
  });
}
