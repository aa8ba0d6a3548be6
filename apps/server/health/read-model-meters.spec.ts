import { describe, expect, it } from '@jest/globals';
import { bounded, type Sample } from './bounded.js';

describe('a metric', () => {
  const samples = (count: number): Sample[] =>
    Array.from({ length: count }, (_, i) => ({ labels: { kind: `k${i}` }, value: i }));

  it('has no more label sets than it may; the rest counts under other', () => {
    expect(bounded(samples(3), 3)).toEqual(samples(3));
    expect(bounded(samples(5), 3)).toEqual([...samples(3), { labels: { kind: 'other' }, value: 7 }]);
  });

  it('of a summary is bounded by name, and its quantiles are not added up', () => {
    const counts = samples(4).map((sample) => ({ ...sample, metricName: 'x_count' }));
    const quantiles = samples(4).map((sample) => ({ ...sample, apart: true }));
    const kept = bounded([...counts, ...quantiles], 2);
    expect(kept.map(({ metricName, value }) => [metricName, value])).toEqual([
      ['x_count', 0],
      ['x_count', 1],
      ['x_count', 5],
      [undefined, 0],
      [undefined, 1],
    ]);
  });
});
