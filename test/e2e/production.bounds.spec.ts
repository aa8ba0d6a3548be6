import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchLateness, within } from './production.bounds.js';

/** Holds `times` against 5 ms, one a turn, on a machine that makes this process so late; answers how many turns it took, and whether it was well. */
async function held(times: readonly number[], late: number): Promise<[turns: number, well: boolean]> {
  let turns = 0;
  const bound = within(
    5,
    async () => times[turns++]!,
    () => () => late,
  );
  const well = await bound.then(() => true).catch(() => false);
  return [turns, well];
}

describe('a bound on a time', () => {
  it('holds at once where nobody keeps the machine busy: what is late in one of two runs fails', async () => {
    expect(await held([9, 1], 199)).toEqual([1, false]);
    expect(await held([5], 0)).toEqual([1, true]);
  });

  it('is measured again where somebody kept it busy, three times in all', async () => {
    expect(await held([9, 1], 200)).toEqual([2, true]);
    expect(await held([9, 9, 9, 1], 200)).toEqual([3, false]);
  });

  it('knows how late a process is that could not go on', async () => {
    const lateness = watchLateness();
    await sleep(50);
    for (const end = performance.now() + 300; performance.now() < end;);
    await sleep(50);
    expect(lateness()).toBeGreaterThanOrEqual(250);
  });
});
