/**
 * A quantile sketch after DDSketch (Masson, Rim, Lee, VLDB 2019): counts in buckets whose bounds grow by a constant factor. Two merge by
 * adding counts, so that a quantile over a day is that of its hours together. Plain data: bucket to count.
 */
export type Sketch = ReadonlyMap<number, number>;

/** A quantile is at most this part off the value that has the rank. What is below 1 counts as 1. */
export const RELATIVE_ERROR = 0.01;

const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GROWTH = Math.log(GROWTH);

/** The bucket of a value: those in `(GROWTH^(i-1), GROWTH^i]`. From 1 ms to 30 years there are 1 380. */
const bucketOf = (value: number): number => (value > 1 ? Math.ceil(Math.log(value) / LOG_GROWTH) : 0);

/** The value that is equally far, relatively, from both bounds. */
const valueOf = (bucket: number): number => (bucket === 0 ? 1 : (2 * GROWTH ** bucket) / (GROWTH + 1));

export function addTo(sketch: Map<number, number>, value: number): void {
  const bucket = bucketOf(value);
  sketch.set(bucket, (sketch.get(bucket) ?? 0) + 1);
}

export function merged(sketches: Iterable<Sketch>): Sketch {
  const sum = new Map<number, number>();
  for (const sketch of sketches) for (const [bucket, count] of sketch) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  return sum;
}

/** The values at these ranks from 0 (least) to 1 (greatest), nearest rank; null where nothing was measured. */
export function quantiles(sketch: Sketch, ranks: readonly number[]): readonly (number | null)[] {
  const buckets = [...sketch].sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  return ranks.map((rank) => {
    let below = Math.max(1, Math.ceil(rank * total));
    const found = buckets.find(([, count]) => (below -= count) <= 0);
    return found === undefined ? null : valueOf(found[0]);
  });
}

/** As it is stored: bucket, count, bucket, count ... by bucket, so that equal sketches are equal texts. */
export const writeSketch = (sketch: Sketch): string => JSON.stringify([...sketch].sort(([a], [b]) => a - b).flat());

export function readSketch(text: string): Map<number, number> {
  const numbers = JSON.parse(text) as readonly number[];
  const sketch = new Map<number, number>();
  for (let i = 0; i < numbers.length; i += 2) sketch.set(numbers[i]!, numbers[i + 1]!);
  return sketch;
}
