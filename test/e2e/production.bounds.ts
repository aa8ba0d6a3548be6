import { expect } from '@jest/globals';

/** The bounds of issue 4, ms. */
export const HEALED_WITHIN = 5_000;
export const TIMER_LATE = 1_000;
export const TIMER_LATE_WITHOUT_ITS_WORKER = 5_000;
export const TIMER_LATE_WITHOUT_PROJECTOR = 10_000;
export const TAKEN_OVER_WITHIN = 5_000;
export const PROJECTOR_REPLACED_WITHIN = 10_000;
export const DRAINED_WITHIN = 10_000;

/**
 * Holds what took `measure` so long, ms, against a bound. The bounds are those of a machine that nobody else keeps busy meanwhile: what came
 * late is done again, and late three times is a failure. `turn` keeps names of the turns apart.
 */
export async function within(bound: number, measure: (turn: string) => Promise<number>): Promise<void> {
  const took: number[] = [];
  for (const turn of ['one', 'two', 'three']) {
    took.push(await measure(turn));
    if (took.at(-1)! <= bound) break;
    console.info(`${took.at(-1)} ms, and ${bound} ms is the bound`);
  }
  expect(Math.min(...took)).toBeLessThanOrEqual(bound);
}
