import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '#testing';
import { Alarms } from './alarms.js';

describe('alarms', () => {
  const HOUR = 3_600_000;

  function moved(times: number) {
    const clock = new VirtualClock(0);
    const rung: string[] = [];
    const alarms = new Alarms(clock, (stream, due) => rung.push(`${stream} ${due} ${clock.now()}`));
    for (let i = 0; i < times; i++) {
      alarms.set(`job-${i % 7}`, HOUR + i);
      alarms.set(`gone-${i}`, HOUR);
      alarms.set(`gone-${i}`, undefined);
    }
    return { clock, rung, alarms };
  }

  it('ring once each, at the time that was set last', () => {
    const { clock, rung, alarms } = moved(7_000);
    expect(alarms.size).toBe(7);
    clock.advance(HOUR + 6_992);
    expect(rung).toEqual([]);
    clock.advance(HOUR);
    const last = [0, 1, 2, 3, 4, 5, 6].map((i) => HOUR + 6_993 + i);
    expect(rung).toEqual(last.map((due, i) => `job-${i} ${due} ${due}`));
  });

  it('keep nothing of deadlines that were moved or fell away, however far they were', () => {
    expect(moved(50_000).alarms['heap'].length).toBeLessThan(3_000);
  });
});
