import { Refusal } from '#kernel';
import type { ReadModels } from '../database/read-models.js';
import { FIGURES, type FigureName } from './figures.js';
import { grouped } from './group.js';
import { EVER, GRAINS, periodOf, startOf, type Grain } from './periods.js';
import { merged, quantiles, readSketch, type Sketch } from './sketch.js';

/** Most periods that one query reads. */
const MOST_PERIODS = 1_000;

/** From `from` (ms since the epoch) up to but without `to`, in whole hours or days of UTC. */
export interface Window {
  readonly grain: Grain;
  readonly from: number;
  readonly to: number;
}

/** What a figure came to; times in seconds, quantiles at most 1 % off. `null`: not a time, or nothing was measured. */
export interface Measured {
  readonly count: number;
  readonly seconds: {
    readonly sum: number;
    readonly p50: number | null;
    readonly p90: number | null;
    readonly p99: number | null;
  } | null;
}
export interface MeasuredBy extends Measured {
  /** By the figure's own names. */
  readonly labels: Readonly<Record<string, string>>;
}
export interface SeriesPoint extends MeasuredBy {
  /** When the period begins, ms since the epoch. */
  readonly at: number;
}

interface Row {
  readonly period: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
  readonly sum: number;
  readonly sketch: Sketch | undefined;
}

export interface SeriesQuery {
  readonly figure: FigureName;
  /** Labels that have this value. */
  readonly where?: Readonly<Record<string, string>>;
  /** Labels that are told apart; all if absent. */
  readonly by?: readonly string[];
}

/** One point for each period and each combination of the labels asked for, oldest first; periods in which nothing was counted are left out. */
export async function seriesOf(
  models: ReadModels,
  query: SeriesQuery,
  window: Window,
): Promise<readonly SeriesPoint[]> {
  const rows = await rowsOf(models, query, window);
  const groups = grouped(rows, ({ period, labels }) => JSON.stringify([period, pick(labels, query.by)]));
  return [...groups.values()].map((group) => ({ at: startOf(group[0]!.period), ...measured(group, query.by) }));
}

/** The same over the whole window, or for all time. */
export async function totalsOf(
  models: ReadModels,
  query: SeriesQuery,
  window?: Window,
): Promise<readonly MeasuredBy[]> {
  const rows = await rowsOf(models, query, window);
  const groups = grouped(rows, ({ labels }) => JSON.stringify(pick(labels, query.by)));
  return [...groups.values()].map((group) => measured(group, query.by));
}

async function rowsOf(
  { db }: ReadModels,
  { figure, where = {} }: SeriesQuery,
  window?: Window,
): Promise<readonly Row[]> {
  const { labels: names } = FIGURES[figure];
  const [first, behind] = window ? bounds(window) : [EVER, `${EVER} `];
  const found = await db
    .selectFrom('series')
    .select(['period', 'labels', 'count', 'sum', 'sketch'])
    .where('figure', '=', figure)
    .where('period', '>=', first)
    .where('period', '<', behind)
    .orderBy('period')
    .orderBy('labels')
    .execute();
  const rows = found.map(({ period, labels, count, sum, sketch }) => {
    const values = JSON.parse(labels) as readonly string[];
    return {
      period,
      labels: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
      count: Number(count),
      sum: Number(sum),
      sketch: sketch === null ? undefined : readSketch(sketch),
    };
  });
  const wanted = Object.entries(where);
  return rows.filter(({ labels }) => wanted.every(([name, value]) => labels[name] === value));
}

/** Refusal `bad_range` (400) when there is nothing between, or more than can be read at once. */
function bounds({ grain, from, to }: Window): readonly [string, string] {
  const periods = (to - from) / GRAINS[grain];
  if (!(periods > 0 && periods <= MOST_PERIODS))
    throw new Refusal('bad_range', 400, `from is before to, at most ${MOST_PERIODS} ${grain}s`);
  return [periodOf(grain, from), periodOf(grain, to + GRAINS[grain] - 1)];
}

const pick = (labels: Row['labels'], by: readonly string[] | undefined): Row['labels'] =>
  by ? Object.fromEntries(by.map((name) => [name, labels[name]!])) : labels;

function measured(rows: readonly Row[], by: readonly string[] | undefined): MeasuredBy {
  const total = (of: 'count' | 'sum') => rows.reduce((sum, row) => sum + row[of], 0);
  const sketches = rows.flatMap(({ sketch }) => sketch ?? []);
  const [p50 = null, p90 = null, p99 = null] = quantiles(merged(sketches), [0.5, 0.9, 0.99]).map(inSeconds);
  return {
    labels: pick(rows[0]!.labels, by),
    count: total('count'),
    seconds: sketches.length === 0 ? null : { sum: total('sum') / 1_000, p50, p90, p99 },
  };
}

/** To the millisecond below a second, else to three digits more than the sketch knows. */
const inSeconds = (ms: number | null): number | null => (ms === null ? null : Number((ms / 1_000).toPrecision(5)));
