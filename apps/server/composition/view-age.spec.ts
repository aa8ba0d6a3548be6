import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '#testing';
import { ViewAge } from './view-age.js';

function world() {
  const clock = new VirtualClock();
  const at = { head: 10, position: 10, away: false };
  const age = new ViewAge(() => at.position, clock);
  const seconds = (count: number) => {
    for (let second = 0; second < count; second++) {
      clock.advance(1_000);
      if (!at.away) age.saw({ head: at.head, at: clock.now() });
    }
  };
  return { at, age, seconds, clock };
}

describe('the age of the views', () => {
  it('is nothing while they hold everything, and the time since they last did while they do not', () => {
    const { at, age, seconds } = world();
    seconds(5);
    expect(age.ms()).toBe(0);
    at.head = 20;
    seconds(7);
    expect(age.ms()).toBe(7_000);
    at.position = 20;
    expect(age.ms()).toBe(0);
  });

  it('counts from the look they have come up to, while the log goes on', () => {
    const { at, age, seconds } = world();
    for (let second = 1; second <= 9; second++) {
      at.head = 10 + second;
      seconds(1);
    }
    at.position = 16;
    expect(age.ms()).toBe(3_000);
    at.position = 10;
    expect(age.ms()).toBe(3_000);
  });

  it('grows while the log does not say where it ends', () => {
    const { at, age, seconds } = world();
    at.away = true;
    seconds(4);
    expect(age.ms()).toBe(4_000);
    at.away = false;
    seconds(1);
    expect(age.ms()).toBe(0);
  });

  it('is right to a few looks after a lag of hours, in bounded memory', () => {
    const { at, age, seconds } = world();
    for (let second = 1; second <= 10_000; second++) {
      at.head = 10 + second;
      seconds(1);
    }
    expect(age.ms()).toBe(10_000_000);
    expect((age as unknown as { ahead: unknown[] }).ahead.length).toBeLessThanOrEqual(600);
    at.position = at.head - 1;
    expect(age.ms()).toBeLessThan(30_000);
    at.position = at.head;
    expect(age.ms()).toBe(0);
  });
});
