import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addTo, merged, quantiles, readSketch, RELATIVE_ERROR, writeSketch, type Sketch } from './sketch.js';
import { SEED } from '../../testing/seed.js';

console.log(`sketches: seed ${SEED}`);

const RANKS = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1];
const durations = fc.array(
  fc.oneof(fc.nat(20), fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 1_000_000_000_000 })),
  { minLength: 1, maxLength: 400 },
);

function of(values: readonly number[]): Sketch {
  const sketch = new Map<number, number>();
  for (const value of values) addTo(sketch, value);
  return sketch;
}

/** Nearest rank over the sorted values; what is below 1 counts as 1. */
function exact(values: readonly number[], rank: number): number {
  const sorted = values.map((value) => Math.max(1, value)).sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(rank * sorted.length)) - 1]!;
}

describe('a sketch', () => {
  it('tells every quantile within its relative error', () => {
    fc.assert(
      fc.property(durations, (values) => {
        quantiles(of(values), RANKS).forEach((found, i) => {
          const wanted = exact(values, RANKS[i]!);
          expect(Math.abs(found! - wanted)).toBeLessThanOrEqual(wanted * RELATIVE_ERROR * (1 + 1e-9));
        });
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('merged of parts in any order is the sketch of the whole', () => {
    fc.assert(
      fc.property(fc.array(durations, { maxLength: 6 }), (parts) => {
        const whole = writeSketch(of(parts.flat()));
        expect(writeSketch(merged(parts.map(of)))).toBe(whole);
        expect(writeSketch(merged(parts.map(of).reverse()))).toBe(whole);
      }),
      { seed: SEED },
    );
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const sketch = of(values);
        expect([...readSketch(writeSketch(sketch))].sort()).toEqual([...sketch].sort());
      }),
      { seed: SEED },
    );
  });

  it('of nothing has no quantiles', () => {
    expect(quantiles(new Map(), [0.5])).toEqual([null]);
  });
});
