import { expect } from '@jest/globals';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The bounds of issue 4, ms. */
export const HEALED_WITHIN = 5_000;
export const TIMER_LATE = 1_000;
export const TIMER_LATE_WITHOUT_ITS_WORKER = 5_000;
export const TIMER_LATE_WITHOUT_PROJECTOR = 10_000;
export const TAKEN_OVER_WITHIN = 5_000;
export const PROJECTOR_REPLACED_WITHIN = 10_000;
export const DRAINED_WITHIN = 10_000;

/** This process waits and little else: if it was late by more than this, others kept the machine busy. */
const BUSY_MS = 200;

/** Begins to watch how late this process is; what is given back ends it, and answers by how many ms at most. */
export function watchLateness(): () => number {
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  return () => {
    lag.disable();
    return Math.round(lag.max / 1e6);
  };
}

/**
 * Holds what took `measure` so long, ms, against a bound. The bounds are those of a machine that nobody else keeps busy meanwhile: what came
 * late on one that was seen to be busy is done again, twice at most. `turn` keeps names of the turns apart.
 */
export async function within(
  bound: number,
  measure: (turn: string) => Promise<number>,
  watch = watchLateness,
): Promise<void> {
  let [took, late] = [Infinity, 0];
  for (const turn of ['one', 'two', 'three']) {
    const lateness = watch();
    took = await measure(turn).finally(() => (late = lateness()));
    if (took <= bound) return;
    console.info(`${took} ms, and ${bound} ms is the bound; this process was late by ${late} ms at most`);
    if (late < BUSY_MS) break;
  }
  expect(took).toBeLessThanOrEqual(bound);
}
