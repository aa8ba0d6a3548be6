import { beforeAll } from '@jest/globals';
import {
  TIMER_LATE,
  TIMER_LATE_WITHOUT_ITS_WORKER,
  TIMER_LATE_WITHOUT_PROJECTOR,
  within,
} from './production.bounds.js';
import { expectOnce } from './production.campaign.js';
import { latest, moment, retrying } from './production.due-times.js';
import type { Faults } from './production.faults.js';
import type { Production } from './production.world.js';

/** Who keeps the time is killed or frozen: what is due is still met. */
export function dueTimeFaults({ opened, group, fault, allHealthy }: Faults): void {
  let world: Production;
  beforeAll(() => {
    world = opened();
  });

  group('due times', () => {
    fault('are met by others when the worker that recorded them is killed', () =>
      within(TIMER_LATE, async (turn) => {
        await allHealthy();
        const keeper = await world.timekeeper();
        const jobs = await retrying(world, `worker${turn}`, 4);
        const victims = world.names('worker').filter((name) => name !== keeper);
        await Promise.all(victims.map((name) => world.kill(name)));
        const late = await latest(world, jobs);
        for (const name of victims) world.restart(name);
        await allHealthy();
        return late;
      }),
    );

    fault('are met when the worker that keeps the time is killed', () =>
      within(TIMER_LATE_WITHOUT_ITS_WORKER, async (turn) => {
        const keeper = await world.timekeeper();
        const jobs = await retrying(world, `timer${turn}`, 4);
        await world.kill(keeper);
        const late = await latest(world, jobs);
        world.restart(keeper);
        await allHealthy();
        return late;
      }),
    );

    fault('are met when it is frozen a moment before, and goes on later', () =>
      within(TIMER_LATE_WITHOUT_ITS_WORKER, async (turn) => {
        const since = await world.lastSeq();
        const keeper = await world.timekeeper();
        const jobs = await retrying(world, `frozen${turn}`, 4);
        await moment(world, jobs, -500);
        let late = Infinity;
        await world.whileFrozen(keeper, async () => void (late = await latest(world, jobs)));
        await allHealthy();
        await expectOnce(world, jobs, since);
        return late;
      }),
    );

    for (const projector of ['projector-1', 'projector-2'])
      fault(`are met when it is killed together with ${projector}`, () =>
        within(TIMER_LATE_WITHOUT_PROJECTOR, async (turn) => {
          const keeper = await world.timekeeper();
          const jobs = await retrying(world, projector.replace('-', '') + turn, 3);
          await Promise.all([world.kill(keeper), world.kill(projector)]);
          const late = await latest(world, jobs);
          for (const name of [keeper, projector]) world.restart(name);
          await allHealthy();
          return late;
        }),
      );
  });
}
