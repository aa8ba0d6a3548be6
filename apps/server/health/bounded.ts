/** One line of a scrape. */
export interface Sample {
  /** Where it is not the metric's own. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of several there is no sum: what is too much is left out. */
  readonly apart?: boolean;
}

/** As many label sets a metric has at most; a collector pays for each for as long as it keeps anything. */
export const MOST_SERIES = 500;
const OTHER = 'other';

/**
 * At most `most` samples a name: the first, in an order that does not change from scrape to scrape, so that no counter goes back; what
 * is behind them counts under `other`.
 */
export function bounded(samples: readonly Sample[], most = MOST_SERIES): readonly Sample[] {
  const names = new Map<string | undefined, Sample[]>();
  for (const sample of samples) {
    const known = names.get(sample.metricName);
    if (known) known.push(sample);
    else names.set(sample.metricName, [sample]);
  }
  return [...names.values()].flatMap((all) => boundedOne(all, most));
}

function boundedOne(samples: readonly Sample[], most: number): readonly Sample[] {
  if (samples.length <= most) return samples;
  const kept = samples.slice(0, most);
  const rest = samples.slice(most).filter(({ apart }) => apart !== true);
  const [first] = rest;
  if (first === undefined) return kept;
  const labels = Object.fromEntries(Object.keys(first.labels).map((name) => [name, OTHER]));
  return [...kept, { ...first, labels, value: rest.reduce((sum, { value }) => sum + value, 0) }];
}
