export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Nearest-rank percentile of unsorted values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export interface Round {
  readonly runsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Runs `total` jobs, `inFlight` at once; latencies in ms. */
export async function closedLoop(total: number, inFlight: number, job: (n: number) => Promise<void>): Promise<Round> {
  const latencies: number[] = [];
  let next = 0;
  const began = performance.now();
  const lane = async () => {
    for (let n = next++; n < total; n = next++) {
      const start = performance.now();
      await job(n);
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - began) / 1000;
  return { runsPerSecond: total / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** Seeded exponential durations with the given mean, ms: both sides of a comparison wait alike. */
export function exponential(seed: number, mean: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return -mean * Math.log(1 - state / 2 ** 32);
  };
}
