import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  countEndedTasks,
  endedTasks,
  listSchedules,
  overview,
  openRunOf,
  schedulesOf,
  stoppedProcesses,
  storedValues,
  subscriptionIdsIn,
  subscriptionRanges,
  type ReadModels,
} from '#read-models';
import { failure, project, started, World, type Database } from './read-models.fixture.js';

/** What schedules and tasks ask, whatever the database. */
export function schedulesContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`schedules and tasks over ${name}`, () => {
    let database: Database;
    let models: ReadModels;
    let world: World;
    let stop: () => Promise<void>;
    let shown: (position: number) => Promise<void>;

    beforeEach(async () => {
      database = await openDatabase();
      models = await database.open();
      world = new World();
      const projecting = await project(world, models);
      stop = async () => void (await projecting.stop());
      shown = async (position) => void (await projecting.waitFor(position));
    });
    afterEach(async () => {
      await stop();
      await database.remove();
    });

    const event = (type: string, data: object) => ({ type, data: { time: world.time, ...data } });
    const interval = (from: number) => ({ kind: 'interval', everyMs: 60_000, from });

    it('list what is not deleted, with its next instant and what became of the last', async () => {
      const about = { workflow: 'w', given: { minutes: 1 }, missed: 'run_once', pages: [{}], by: 'ada' };
      for (const id of ['s', 'gone'])
        await world.append(`schedule-${id}`, [
          event('ScheduleCreated', { ...about, name: id, trigger: interval(1_000) }),
        ]);
      await world.append('schedule-gone', [event('ScheduleDeleted', { by: 'ada' })]);
      const planned = (generation: number, at: number) =>
        event('OccurrencePlanned', { scheduleId: 's', generation, at });
      await world.append('occurrence-1', [
        planned(1, 1_000),
        event('OccurrenceFired', { processId: 'p', next: 61_000 }),
      ]);
      await shown(await world.append('occurrence-2', [planned(1, 61_000)]));
      const { items, total } = await listSchedules(models, [0, 10]);
      expect(total).toBe(1);
      expect(items[0]).toMatchObject({
        schedule_id: 's',
        trigger: 'interval',
        trigger_kwargs: { minutes: 1 },
        next_run_time: 61,
        last_run: { at: 1, state: 'fired', process_id: 'p' },
      });
      expect(await schedulesOf(models, 'w')).toEqual(['s']);
      const change = { trigger: interval(5_000), given: { minutes: 1 }, by: 'ada' };
      await shown(await world.append('schedule-s', [event('ScheduleChanged', change)]));
      expect((await listSchedules(models)).items[0]).toMatchObject({ next_run_time: null });
      const superseded = { code: 'superseded', message: 'changed', next: null };
      await world.append('occurrence-2', [event('OccurrenceSkipped', superseded)]);
      await shown(await world.append('occurrence-3', [planned(2, 50_000)]));
      const [item] = (await listSchedules(models)).items;
      expect(item).toMatchObject({ next_run_time: 50, last_run: { at: 1 } });
    });

    it('are planned, which is no waiting: the overview tells of what waits', async () => {
      await world.append('occurrence-1', [event('OccurrencePlanned', { scheduleId: 's', generation: 1, at: 1_000 })], {
        run: false,
        due: 1_000,
      });
      world.time += 1_000;
      await shown(await world.portfolio('a'));
      expect((await overview(models, world.time)).oldestWaiting).toMatchObject({ stream: 'portfolio-a' });
    });

    it('tell open runs, ended tasks and what a failure has stopped', async () => {
      const begin = (createdBy: string) =>
        event('ProcessStarted', {
          workflow: 'w',
          version: 1,
          target: 'SYSTEM',
          isTask: true,
          steps: [{ key: 'a', name: 'A' }],
          state: {},
          createdBy,
        });
      const step = { step: 'a', generation: 1, attempt: 1 };
      const failed = [event('StepStarted', { ...step, ...started }), event('StepFailed', { ...step, failure })];
      await world.append('process-open', [begin('schedule:open')]);
      await world.append('process-failed', [begin('schedule:failed'), ...failed]);
      await world.append('process-done', [begin('schedule:done'), event('ProcessCompleted', {})]);
      const later = await world.append('process-later', [begin('x'), event('ProcessCompleted', {})]);
      await shown(later);
      const open = await Promise.all(['open', 'failed', 'done'].map((id) => openRunOf(models, `schedule:${id}`)));
      expect(open).toEqual(['open', undefined, undefined]);
      expect(await stoppedProcesses(models, 10)).toEqual(['failed']);
      expect(await endedTasks(models, world.time + 1, 10)).toEqual(['done', 'later']);
      expect(await endedTasks(models, world.time, 10)).toEqual(['done']);
      expect(await countEndedTasks(models, world.time)).toBe(1);
      await shown(await world.append('process-done', [event('ProcessHidden', {})]));
      expect(await endedTasks(models, world.time + 1, 10)).toEqual(['later']);
    });

    it('divide subscriptions into ranges that hold each of them once', async () => {
      const ids = Array.from({ length: 450 }, (_, i) => `s${String(i).padStart(4, '0')}`);
      let last = 0;
      for (const [at, id] of ids.entries()) last = await world.subscription(id, id, at % 3 === 0);
      await shown(last);
      const ranges = await subscriptionRanges(models, {});
      expect(ranges.map(({ after, upTo }) => [after, upTo])).toEqual([
        ['', 's0199'],
        ['s0199', 's0399'],
        ['s0399', 's0449'],
      ]);
      const found = await Promise.all(ranges.map((range) => subscriptionIdsIn(models, range, {})));
      expect(found.flat()).toEqual(ids);
      // None is in sync.
      expect(await subscriptionRanges(models, { validatable: true })).toEqual([]);
      const active = { validatable: true, outOfSyncToo: true };
      const [first] = await subscriptionRanges(models, active);
      expect((await subscriptionIdsIn(models, first!, active)).slice(0, 2)).toEqual(['s0000', 's0003']);
      expect(await subscriptionRanges(models, { productIds: [] })).toEqual([]);
      expect(await subscriptionRanges(models, { productIds: ['ug'] })).toHaveLength(3);
      expect(await storedValues(models, ['s0000', 'none'])).toEqual([
        { subscription_id: 's0000', product_id: 'ug', status: 'active', values: {} },
      ]);
    });
  });
}
