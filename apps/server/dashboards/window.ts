import { DAY_MS, type Window } from '#read-models';

const startOfDay = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

/** So many days of UTC, the one of `now` (ms since the epoch) included. */
export function lastDays(now: number, days = 7): Window {
  const to = startOfDay(now) + DAY_MS;
  return { grain: 'day', from: to - days * DAY_MS, to };
}
