import { describe, expect, it } from '@jest/globals';
import { compareViews } from '../contract/figures/views.contract.js';
import { compareFigures } from '../contract/figures/figures.contract.js';
import { runOf } from '../contract/figures/run.js';
import { Days, deciders, HOUR } from './days.js';
import { sizesOf } from './sizes.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const HOURS = FULL ? 72 : 3;
console.log(`simulation of ${HOURS} hours: seed ${SEED}`);

const VIEWS = 7;
/** Rows of the series in a period: they are as many as there are kinds of steps, not of instances. */
const LABELS = 1_000;
/** What is kept so that it need not be read again, up to so many; then the growth ends. The first that fits. */
const BOUNDED: readonly (readonly [RegExp, number])[] = [
  [/alarms\.heap$/, 1_100],
  [/\.run\.kept$/, VIEWS * 2_000],
  // Of each that is kept: its steps, stages and so on.
  [/\.run\.kept\[\]/, VIEWS * 2_000 * 30],
  [/\.run\.known$/, 10_000],
  [/\.run\.series\.held$/, 6],
  [/\.run\.series\.held\[\]$/, 6 * LABELS],
  [/\.run\.series\.held\[\]\[\]\.sketch$/, 6 * LABELS * 50],
];

describe(`a server after ${HOURS} hours`, () => {
  it('holds no more than after the first part of them, but for what it was told', async () => {
    const days = await Days.start(SEED);
    const leaveOut = new Set<unknown>([days.store, days.models, days.outside]);
    const held = () => sizesOf({ runtime: days.runtime, projectors: days.projectors, clock: days.clock }, leaveOut);
    await days.pass(HOURS / 3, 4);
    expect(await days.open()).toEqual([]);
    const early = held();
    await days.pass((HOURS * 2) / 3, 4);
    expect(await days.open()).toEqual([]);
    expect(days.clock.now() - Date.UTC(2026, 0, 1)).toBeGreaterThanOrEqual(HOURS * HOUR);
    const grown = [...held()].filter(([path, size]) => size > (early.get(path) ?? 0));
    const over = grown.filter(([path, size]) => size > (BOUNDED.find(([names]) => names.test(path))?.[1] ?? 0));
    expect(over).toEqual([]);
    expect(early.size).toBeGreaterThan(20);
    const run = await runOf(days.store, days.events, deciders);
    await compareViews(days.models, run);
    await compareFigures(days.models, run);
    console.log(`${run.events.length} events in ${HOURS} hours; caches that grew: ${JSON.stringify(grown)}`);
    expect(days.stuck).toEqual([]);
    await days.stop();
  }, 1_800_000);
});
