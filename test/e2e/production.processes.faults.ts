import { beforeAll, expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { DRAINED_WITHIN, PROJECTOR_REPLACED_WITHIN, TAKEN_OVER_WITHIN, within } from './production.bounds.js';
import { allEnd, begin, expectOnce, type Job, pathOf } from './production.campaign.js';
import { eventsOf, named, TENANTS } from './production.due-times.js';
import type { Faults } from './production.faults.js';
import type { Production } from './production.world.js';
import { until } from './world.js';

/** Workers and projectors die, stand still, drain and join, and one pauses a CSP for all. */
export function processFaults({ opened, group, fault, healthy, allHealthy, under }: Faults): void {
  let world: Production;
  beforeAll(() => {
    world = opened();
  });

  group('processes', () => {
    fault('an effect of a dead worker is taken over soon after its time', () => within(TAKEN_OVER_WITHIN, takenOver));

    async function takenOver(turn: string): Promise<number> {
      await world.script(TENANTS, { kind: 'hang' }, 1);
      const job = await begin(world, 'portfolio', `takenover${turn}`);
      const runs = async () => {
        for (const name of world.names('worker'))
          if ((await world.metric(name, 'purveyor_effects_in_flight')) > 0) return name;
        return undefined;
      };
      const name = (await until(runs, (found) => found !== undefined))!;
      await world.kill(name);
      await allEnd(world, [job]);
      const [first, second] = named(await eventsOf(world, job), 'StageStarted');
      expect([first!.data['attempt'], second!.data['attempt']]).toEqual([1, 2]);
      expect(second!.metadata['time']).toBeGreaterThanOrEqual(first!.data['until'] + 2_000);
      world.restart(name);
      await allHealthy();
      return second!.metadata['time'] - first!.data['until'];
    }

    for (const name of ['projector-1', 'projector-2'])
      fault(`the views go on within 10 s when ${name} is killed`, () =>
        within(PROJECTOR_REPLACED_WITHIN, async (turn) => {
          await world.kill(name);
          const [ms, job] = await shown(`views${name.at(-1)}${turn}`);
          world.restart(name);
          await healthy(name);
          // What comes next counts requests of its own only.
          await allEnd(world, [job]);
          return ms;
        }),
      );

    for (const name of ['projector-1', 'projector-2'])
      fault(`the views go on within 10 s when ${name} is frozen, and when it goes on later`, () =>
        within(PROJECTOR_REPLACED_WITHIN, async (turn) => {
          const seen: (readonly [number, Job])[] = [];
          const mark = `${name.at(-1)}${turn}`;
          await world.whileFrozen(name, async () => void seen.push(await shown(`stood${mark}`)));
          seen.push(await shown(`thawed${mark}`));
          await allHealthy();
          await allEnd(
            world,
            seen.map(([, job]) => job),
          );
          return Math.max(...seen.map(([ms]) => ms));
        }),
      );

    /** Begins a portfolio; answers after how many ms the views have it. */
    async function shown(mark: string): Promise<readonly [ms: number, job: Job]> {
      const began = Date.now();
      const job = await begin(world, 'portfolio', mark);
      await until(
        () => world.api('GET', pathOf(job)).then(({ status }) => status),
        (status) => status === 200,
        60_000,
      );
      return [Date.now() - began, job];
    }

    fault('a CSP that one process pauses is spared by all, until it continues', async () => {
      await allHealthy();
      expect((await world.api('POST', '/api/csps/azure/pause', { reason: 'they asked' })).status).toBe(202);
      await sleep(4_000);
      const since = await world.lastSeq();
      const jobs = await Promise.all([1, 2, 3].map((n) => begin(world, 'portfolio', `paused${n}`)));
      await sleep(3_000);
      expect(await world.lastSeq()).toBe(since);
      expect((await world.api('POST', '/api/csps/azure/continue')).status).toBe(202);
      await allEnd(world, jobs);
      await expectOnce(world, jobs, since);
    });

    fault('a worker drains on SIGTERM while another one joins', () =>
      under('drain', 6, async () => {
        const joined = await world.join('worker');
        const began = Date.now();
        await world.member('worker-2').end('SIGTERM');
        expect(Date.now() - began).toBeLessThanOrEqual(DRAINED_WITHIN);
        expect(await world.member('worker-2').ended(0)).toBe('SIGTERM');
        await world.member(joined).ready(120_000);
        world.restart('worker-2');
      }),
    );
  });
}
