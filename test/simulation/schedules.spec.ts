import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { mulberry32 } from '#testing';
import { MINUTE, Schedules } from './schedules.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const WORLDS = FULL ? 300 : 20;
console.log(`simulation of schedules: seed ${SEED}, ${WORLDS} worlds each`);

const codes = async (world: Schedules) => (await world.events('OccurrenceSkipped')).map(({ code }) => code as string);

describe('a schedule', () => {
  it('runs at its instants, and writes nothing into its own stream for that', async () => {
    const world = new Schedules();
    await world.create('s', { minutes: 1 });
    await world.advance(3.5 * MINUTE);
    expect(await world.begun()).toEqual([60, 120, 180]);
    expect(await world.types('schedule-')).toEqual(['ScheduleCreated', 'ScheduleArmed']);
    expect((await world.events('ProcessStarted')).map(({ createdBy }) => createdBy)).toEqual(
      Array(3).fill('schedule:s'),
    );
    expect(world.nodes[0]!.stuck).toEqual([]);
  });

  it('runs a date once, and owes nothing after it', async () => {
    const world = new Schedules();
    await world.create('s', {}, { terms: { trigger: 'date', kwargs: {} } });
    await world.advance(5 * MINUTE);
    expect(await world.begun()).toEqual([0]);
    expect(world.nodes[0]!.runtime.figures).toEqual({ held: 0, effects: 0, alarms: 0 });
  });

  it('has one run at a time: an instant that finds one open is left out', async () => {
    const world = new Schedules();
    await world.create('s', { minutes: 1 }, { workflow: 'long' });
    await world.advance(5.5 * MINUTE);
    expect(await world.begun()).toEqual([60, 180, 300]);
    const [first] = await world.runs();
    expect((await world.events('OccurrenceSkipped'))[0]).toMatchObject({ code: 'still_open', processId: first!.id });
  });

  it('goes on when a start is refused, and tries again when the log or the views do not answer', async () => {
    const world = new Schedules();
    world.refusals = [
      new Refusal('run_predicate_failed', 412, 'not now'),
      new Error('a defect'),
      new Refusal('store_unavailable', 503, 'away'),
    ];
    await world.create('s', { minutes: 1 });
    await world.advance(4.5 * MINUTE);
    expect(await world.begun()).toEqual([185, 240]);
    expect(await codes(world)).toEqual(['run_predicate_failed', 'start_failed']);
  });

  it('runs once after a pause however many instants it missed, or leaves them out', async () => {
    const world = new Schedules();
    const { runtime } = world.nodes[0]!;
    await world.create('once', { minutes: 1 });
    await world.create('skips', { minutes: 1 }, { missed: 'skip' });
    runtime.pause();
    await world.advance(10.5 * MINUTE);
    expect(await world.begun()).toEqual([]);
    await runtime.unpause(world.clock.now());
    await world.settle();
    await world.advance(MINUTE);
    expect(await world.begun()).toEqual([630, 660, 660]);
    expect(await codes(world)).toEqual(['missed']);
  });

  it('runs once after all processes were gone', async () => {
    const world = new Schedules();
    await world.create('s', { minutes: 1 });
    world.nodes[0]!.crash(5.25 * MINUTE);
    await world.advance(6.5 * MINUTE);
    expect(await world.begun()).toEqual([315, 360]);
  });

  it('that is changed runs by its new trigger only, not before an attempt under the old one can be over', async () => {
    const world = new Schedules();
    await world.create('s', { minutes: 1 });
    await world.advance(90_000);
    await world.send('s', { type: 'ChangeSchedule', terms: { trigger: 'interval', kwargs: { minutes: 2 } } });
    await world.advance(4 * MINUTE);
    expect(await world.begun()).toEqual([60, 210, 330]);
    expect(await codes(world)).toEqual(['superseded']);
    await world.send('s', { type: 'ChangeSchedule', terms: { trigger: 'date', kwargs: {} } });
    await world.advance(MINUTE);
    expect((await world.begun()).slice(3)).toEqual([342]);
    expect(await world.types('schedule-')).toEqual([
      'ScheduleCreated',
      'ScheduleArmed',
      'ScheduleChanged',
      'ScheduleArmed',
      'ScheduleChanged',
      'ScheduleArmed',
    ]);
  });

  it('keeps its instants when only its name or its policy changes; the same again is silence', async () => {
    const world = new Schedules();
    await world.create('s', { minutes: 1 });
    await world.advance(30_000);
    for (let i = 0; i < 2; i++) await world.send('s', { type: 'ChangeSchedule', name: 'other', missed: 'skip' });
    await world.advance(2 * MINUTE);
    expect(await world.begun()).toEqual([60, 120]);
    expect(await world.types('schedule-')).toEqual(['ScheduleCreated', 'ScheduleArmed', 'ScheduleChanged']);
  });

  it('that is deleted runs no more, does not come back with its creation, and is not there for commands', async () => {
    const world = new Schedules();
    await world.create('s', { minutes: 1 });
    await world.advance(90_000);
    await world.send('s', { type: 'DeleteSchedule' });
    await world.create('s', { minutes: 1 });
    await world.advance(5 * MINUTE);
    expect(await world.begun()).toEqual([60]);
    expect(world.nodes[0]!.runtime.figures.held).toBe(0);
    for (const type of ['DeleteSchedule', 'ChangeSchedule'])
      await expect(world.send('s', { type })).rejects.toMatchObject({ code: 'schedule_not_found', status: 404 });
    await expect(world.send('t', { type: 'DeleteSchedule' })).rejects.toMatchObject({ code: 'schedule_not_found' });
    await expect(world.create('u', {})).rejects.toMatchObject({ code: 'invalid_trigger' });
  });
});

describe('two workers', () => {
  it('fire once, whoever keeps the time, and also while both believe they do', async () => {
    // Changes every 45 s; for the last five of them both do.
    const keepsTime = (worker: number, now: number) =>
      Math.floor(now / 45_000) % 2 === worker || now % 45_000 >= 40_000;
    const world = new Schedules(2, mulberry32(SEED), keepsTime);
    await world.create('s', { seconds: 20 });
    await world.advance(5 * MINUTE + 5_000, 100);
    const late = (await world.runs()).map(({ begun }, at) => begun - (at + 1) * 20_000);
    expect(late).toHaveLength(15);
    expect(Math.max(...late)).toBeLessThanOrEqual(2_000);
    expect(await world.events('OccurrenceFired')).toHaveLength(15);
    expect(await codes(world)).toEqual([]);
    expect(await world.types('schedule-')).toEqual(['ScheduleCreated', 'ScheduleArmed']);
    expect(world.nodes.flatMap(({ stuck }) => stuck)).toEqual([]);
  });
});

describe.each([1, 3])('schedules on %i workers that crash and freeze', (workers) => {
  it('start each run once and never two of a schedule at a time, and miss no instant afterwards', async () => {
    for (let i = 0; i < WORLDS; i++) {
      const random = mulberry32(SEED + i);
      const world = new Schedules(workers, random);
      const pick = () => world.nodes[Math.floor(random() * workers)]!;
      await world.create('short', { seconds: 20 });
      await world.create('long', { minutes: 1 }, { workflow: 'long' });
      for (let trouble = 0; trouble < 12; trouble++) {
        await world.advance(random() * 40_000, 500);
        if (random() < 0.5) pick().crash(random() * 8_000);
        else pick().clock.freeze(random() * 20_000);
      }
      await world.advance(2 * MINUTE);
      const quiet = world.clock.now();
      await world.advance(4 * MINUTE);
      await expectOneAtATime(world, SEED + i);
      await expectNoGap(world, quiet, SEED + i);
    }
  }, 600_000);
});

/** Nor has any process been started twice: a second start would be a second first event. */
async function expectOneAtATime(world: Schedules, seed: number): Promise<void> {
  for (const createdBy of ['schedule:short', 'schedule:long']) {
    const runs = await world.runs(createdBy);
    expect(runs.length).toBeGreaterThan(3);
    const overlaps = runs.filter(({ begun }, at) => at > 0 && begun < runs[at - 1]!.ended);
    expect({ seed, createdBy, overlaps }).toEqual({ seed, createdBy, overlaps: [] });
  }
  const started = await world.events('ProcessStarted');
  expect(started).toHaveLength((await world.runs()).length);
}

/** Every twenty seconds a run, none of them later than the time in which others notice that somebody is gone. */
async function expectNoGap(world: Schedules, since: number, seed: number): Promise<void> {
  const [planned, runs] = [await world.events('OccurrencePlanned'), await world.runs('schedule:short')];
  const ats = planned
    .filter(({ scheduleId, at }) => scheduleId === 'short' && at >= since)
    .map(({ at }) => at as number);
  expect({ seed, steps: [...new Set(ats.slice(1).map((at, i) => at - ats[i]!))] }).toEqual({ seed, steps: [20_000] });
  const begun = runs.map((run) => run.begun + world.start).filter((at) => at >= ats[0]!);
  expect(begun.length).toBeGreaterThanOrEqual(ats.length - 1);
  expect(Math.max(...begun.map((at, i) => at - ats[i]!))).toBeLessThan(10_000);
}
