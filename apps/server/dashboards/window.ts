import { beginningOf, DAY_MS, type Window } from '#read-models';

/** So many days of UTC, the one of `now` (ms since the epoch) included. */
export function lastDays(now: number, days = 7): Window {
  const to = beginningOf('day', now) + DAY_MS;
  return { grain: 'day', from: to - days * DAY_MS, to };
}
