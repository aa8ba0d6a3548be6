export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** `hour` and `day` are those of UTC. */
export type Grain = 'hour' | 'day';
export const GRAINS: Readonly<Record<Grain, number>> = { hour: HOUR_MS, day: DAY_MS };

/** What is kept for all time; the other periods sort behind it. */
export const EVER = 'ever';

/** Name of the period that holds `at`, ms since the epoch: `h` or `d` with its beginning in seconds, so that names sort as times do. */
export const periodOf = (grain: Grain, at: number): string =>
  `${grain[0]}${String(beginningOf(grain, at) / 1_000).padStart(12, '0')}`;

/** When the period that holds `at` begins; both ms since the epoch. */
export const beginningOf = (grain: Grain, at: number): number => Math.floor(at / GRAINS[grain]) * GRAINS[grain];

/** When a period begins, ms since the epoch. */
export const startOf = (period: string): number => Number(period.slice(1)) * 1_000;

let last: { readonly hour: number; readonly periods: readonly string[] } = { hour: NaN, periods: [] };

/** Every period that an event of this time counts in. Events come in the order of their times, so nearly all are of the hour of the last one. */
export function periodsOf(at: number): readonly string[] {
  const hour = Math.floor(at / HOUR_MS);
  if (hour !== last.hour) last = { hour, periods: [EVER, periodOf('day', at), periodOf('hour', at)] };
  return last.periods;
}
