import { describe, expect, it } from '@jest/globals';
import { cpus } from 'node:os';
import { watchLoad, within } from './production.bounds.js';

/** Holds `times` against 5 ms, one a turn, on a machine whose processors are so busy; answers how many turns it took, and whether it was well. */
async function held(times: readonly number[], busy: number): Promise<[turns: number, well: boolean]> {
  let turns = 0;
  const bound = within(
    5,
    async () => times[turns++]!,
    () => () => busy,
  );
  const well = await bound.then(() => true).catch(() => false);
  return [turns, well];
}

describe('a bound on a time', () => {
  it('holds at once where nobody keeps the machine busy: what is late in one of two runs fails', async () => {
    expect(await held([9, 1], 0.69)).toEqual([1, false]);
    expect(await held([5], 0)).toEqual([1, true]);
  });

  it('is measured again where somebody kept it busy, three times in all', async () => {
    expect(await held([9, 1], 0.7)).toEqual([2, true]);
    expect(await held([9, 9, 9, 1], 0.7)).toEqual([3, false]);
  });

  it('knows how busy the processors were', () => {
    const load = watchLoad();
    for (const end = performance.now() + 500; performance.now() < end;);
    const busy = load();
    expect(busy).toBeGreaterThan(0.8 / cpus().length);
    expect(busy).toBeLessThanOrEqual(1);
  });
});
