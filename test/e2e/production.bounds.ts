import { expect } from '@jest/globals';
import { cpus } from 'node:os';

/** The bounds of issue 4, ms. */
export const HEALED_WITHIN = 5_000;
export const TIMER_LATE = 1_000;
export const TIMER_LATE_WITHOUT_ITS_WORKER = 5_000;
export const TIMER_LATE_WITHOUT_PROJECTOR = 10_000;
export const TAKEN_OVER_WITHIN = 5_000;
export const PROJECTOR_REPLACED_WITHIN = 10_000;
export const DRAINED_WITHIN = 10_000;

/** Share of the processors' time that anybody used; above this a process that has something to do may have waited for its turn. */
const BUSY = 0.7;

/** Begins to watch the processors of this machine; what is given back tells the share of their time that was used since, 0 to 1. */
export function watchLoad(): () => number {
  const before = spent();
  return () => {
    const after = spent();
    return (after.used - before.used) / Math.max(1, after.all - before.all);
  };
}

/** Since the machine began, ms of all processors together. */
function spent() {
  const times = cpus().map((each) => each.times);
  const all = times.reduce((sum, { user, nice, sys, irq, idle }) => sum + user + nice + sys + irq + idle, 0);
  return { all, used: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}

/**
 * Holds what took `measure` so long, ms, against a bound. The bounds are those of a machine that is not kept busy meanwhile: what came late on
 * one that was is done again, twice at most. `turn` keeps names of the turns apart.
 */
export async function within(
  bound: number,
  measure: (turn: string) => Promise<number>,
  watch = watchLoad,
): Promise<void> {
  let took = Infinity;
  for (const turn of ['one', 'two', 'three']) {
    const load = watch();
    took = await measure(turn);
    if (took <= bound) break;
    const busy = load();
    console.info(
      `${took} ms, and ${bound} ms is the bound; processors were busy ${Math.round(busy * 100)} % of the time`,
    );
    if (busy < BUSY) break;
  }
  expect(took).toBeLessThanOrEqual(bound);
}
