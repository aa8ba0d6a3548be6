import { describe, expect, it } from '@jest/globals';
import {
  FIGURES,
  GRAINS,
  RELATIVE_ERROR,
  seriesOf,
  totalsOf,
  type FigureName,
  type Grain,
  type ReadModels,
} from '#read-models';
import { dump, upTo, type Database } from '../read-models.fixture.js';
import { byStream, EXPECTED, openAtEnd, type Value } from './expected.js';
import { cut, type Run } from './run.js';
import { RUNS } from './runs.js';
import { compareViews } from './views.contract.js';
import { FULL } from '../../../libs/testing/full.js';
import { SEED } from '../../../libs/testing/seed.js';

console.log(`figures: seed ${SEED}`);

const figures = Object.keys(FIGURES) as FigureName[];

async function project(run: Run, models: ReadModels): Promise<void> {
  await (await upTo(run, run.events.at(-1)!.position, models)).stop();
}

/** Nearest rank. */
const exact = (values: readonly number[], rank: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(rank * values.length)) - 1]! / 1_000;

function grouped(values: readonly Value[], keyOf: (value: Value) => unknown): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = JSON.stringify(keyOf(value));
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}

const NAMES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;

/** Counts and sums to the digit, quantiles within the error of the sketch. */
function compare(
  figure: FigureName,
  found: { count: number; seconds: any } | undefined,
  values: readonly Value[],
): void {
  expect(found?.count).toBe(values.length);
  if (FIGURES[figure].kind === 'count') return expect(found!.seconds).toBeNull();
  const times = values.map(({ ms }) => Math.max(1, ms));
  expect(found!.seconds.sum).toBeCloseTo(values.reduce((sum, { ms }) => sum + ms, 0) / 1_000, 6);
  for (const [name, rank] of Object.entries(NAMES)) {
    const wanted = exact(times, rank);
    expect(Math.abs(found!.seconds[name] - wanted)).toBeLessThanOrEqual(wanted * (RELATIVE_ERROR + 1e-4));
  }
}

export async function compareFigures(models: ReadModels, { events }: Run): Promise<void> {
  const told = byStream(events);
  const times = events.map(({ metadata }) => metadata.time);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  for (const figure of figures) {
    const values = told.flatMap((stream) => [...EXPECTED[figure](stream)]);
    const names = FIGURES[figure].labels;
    const keyOf = (labels: Readonly<Record<string, string>>) => names.map((name) => labels[name]);
    const totals = await totalsOf(models, { figure });
    const wanted = grouped(values, ({ labels }) => labels);
    expect([figure, totals.map(({ labels }) => JSON.stringify(keyOf(labels))).sort()]).toEqual([
      figure,
      [...wanted.keys()].sort(),
    ]);
    for (const total of totals) compare(figure, total, wanted.get(JSON.stringify(keyOf(total.labels)))!);
    for (const grain of Object.keys(GRAINS) as Grain[]) {
      const length = GRAINS[grain];
      const window = { grain, from: first, to: last + length };
      const points = await seriesOf(models, { figure, by: [names[0]] }, window);
      const periods = grouped(values, ({ at, labels }) => [Math.floor(at / length) * length, labels[0]]);
      expect(points.map(({ at, labels }) => JSON.stringify([at, labels[names[0]]])).sort()).toEqual(
        [...periods.keys()].sort(),
      );
      for (const point of points)
        compare(figure, point, periods.get(JSON.stringify([point.at, point.labels[names[0]]]))!);
    }
  }
  const open = (await dump(models))['open_steps'] as { stream: string; step: string; state: string; since: number }[];
  expect(open.map(({ stream, step, state, since }) => `${stream} ${step} ${state} ${since}`).sort()).toEqual(
    told
      .filter(({ category }) => category !== 'subscription')
      .flatMap(openAtEnd)
      .sort(),
  );
}

/** Every figure against a fold of the log: after random runs, at random places of their logs, whatever the database. `most`: runs of each kind, ten times as many in the full tests. */
export function figuresContract(name: string, openDatabase: () => Promise<Database>, most: number): void {
  const rounds = FULL ? most * 10 : most;
  describe(`figures over ${name}`, () => {
    it('have a comparison each', () => expect(Object.keys(EXPECTED).sort()).toEqual([...figures].sort()));

    it.each(Object.keys(RUNS))(
      'and all views equal a fold of the log: %s',
      async (kind) => {
        for (let i = 0; i < rounds; i++) {
          const run = await RUNS[kind]!(SEED + i);
          const shorter = cut(run, 1 + Math.floor((run.events.length - 1) * ((SEED * (i + 1) * 0.618) % 1)));
          const database = await openDatabase();
          const models = await database.open();
          for (const part of [shorter, run]) {
            await project(part, models);
            await compareFigures(models, part);
            await compareViews(models, part);
          }
          const [followed, anew] = [await dump(models), await openDatabase()];
          const rebuilt = await anew.open();
          await project(run, rebuilt);
          expect(await dump(rebuilt)).toEqual(followed);
          expect(followed['parked']).toEqual([]);
          await Promise.all([database.remove(), anew.remove()]);
        }
      },
      300_000,
    );
  });
}
