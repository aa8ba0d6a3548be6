import {
  countParked,
  FIGURES,
  HOUR_MS,
  openProcessesByStatus,
  openSteps,
  operationsByState,
  portfoliosByState,
  subscriptionsByProduct,
  totalsOf,
  type FigureName,
  type OpenSteps,
  type ReadModels,
} from '#read-models';
import { categories } from '../dashboards/categories.js';
import type { Sample } from './bounded.js';

/** What a scrape tells of the read models; the same in whichever process is asked. */
export interface ReadModelMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'summary';
  readonly labels: readonly string[];
  read(look: Look): Promise<readonly Sample[]>;
}

/** One look at the read models, for all metrics of a scrape. */
export interface Look {
  readonly models: ReadModels;
  /** Ms since the epoch. */
  readonly now: number;
  readonly open: readonly Steps[];
}
type Steps = OpenSteps & { readonly category: string };

export async function lookAt(models: ReadModels, now: number): Promise<Look> {
  const open: Steps[] = [];
  for (const category of Object.keys(categories))
    open.push(...(await openSteps(models, category, now)).map((each) => ({ ...each, category })));
  return { models, now, open };
}

/** Names for operators; a figure without one does not compile. */
const NAMES: Readonly<Record<FigureName, string>> = {
  begun: 'purveyor_instances_begun_total',
  run_time: 'purveyor_run_seconds',
  step_time: 'purveyor_step_seconds',
  answer_time: 'purveyor_answer_seconds',
  attempts: 'purveyor_attempts_total',
  failures: 'purveyor_failures_total',
  subscriptions: 'purveyor_subscription_changes_total',
};
const DAY_HOURS = 24;
const QUANTILES = { p50: '0.5', p90: '0.9', p99: '0.99' } as const;

const counted =
  (figure: FigureName) =>
  async ({ models }: Look) =>
    (await totalsOf(models, { figure })).map(({ labels, count }) => ({ labels, value: count }));

/** Count and sum since ever, so that rates can be made of them. */
const timed =
  (figure: FigureName, name: string) =>
  async ({ models, now }: Look) => {
    const ever = await totalsOf(models, { figure });
    const window = { grain: 'hour', from: now - (DAY_HOURS - 1) * HOUR_MS, to: now + 1 } as const;
    const lately = await totalsOf(models, { figure }, window);
    return [
      ...ever.flatMap(({ labels, count, seconds }): Sample[] => [
        { metricName: `${name}_count`, labels, value: count },
        { metricName: `${name}_sum`, labels, value: seconds?.sum ?? 0 },
      ]),
      ...lately.flatMap(({ labels, seconds }) =>
        Object.entries(QUANTILES).flatMap(([key, quantile]): Sample[] => {
          const value = seconds?.[key as keyof typeof QUANTILES] ?? null;
          return value === null ? [] : [{ labels: { ...labels, quantile }, value, apart: true }];
        }),
      ),
    ];
  };

const series = Object.entries(NAMES).map(([figure, name]): ReadModelMetric => {
  const { kind, labels, help } = FIGURES[figure as FigureName];
  if (kind === 'count') return { name, help, type: 'counter', labels, read: counted(figure as FigureName) };
  const about = `${help}; quantiles of the last ${DAY_HOURS} hours, at most 1 % off`;
  return { name, help: about, type: 'summary', labels, read: timed(figure as FigureName, name) };
});

const open = (valueOf: (steps: Steps, now: number) => number, apart?: boolean) => async (look: Look) =>
  look.open.map((steps): Sample => {
    const { category, kind, step, state, on, assignee } = steps;
    const labels = { category, kind, step, state, on, assignee: assignee ?? '' };
    return { labels, value: valueOf(steps, look.now), apart };
  });
const OPEN_LABELS = ['category', 'kind', 'step', 'state', 'on', 'assignee'];

const texts = (row: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
/** A gauge of rows that have a count beside their labels. */
const rows =
  <R extends { readonly count: number }>(query: (models: ReadModels, now: number) => Promise<readonly R[]>) =>
  async ({ models, now }: Look): Promise<readonly Sample[]> =>
    (await query(models, now)).map(({ count, ...labels }) => ({ labels: texts(labels), value: count }));

export const readModelMetrics: readonly ReadModelMetric[] = [
  ...series,
  {
    name: 'purveyor_open_steps',
    help: 'Steps that are not over, by where they stand and whom they wait for',
    type: 'gauge',
    labels: OPEN_LABELS,
    read: open(({ count }) => count),
  },
  {
    name: 'purveyor_open_steps_oldest_seconds',
    help: 'How long the oldest of them has been so',
    type: 'gauge',
    labels: OPEN_LABELS,
    read: open(({ oldestSince }, now) => Math.max(0, now - oldestSince) / 1_000, true),
  },
  {
    name: 'purveyor_open_steps_overdue',
    help: 'Of them, those whose answer is overdue',
    type: 'gauge',
    labels: OPEN_LABELS,
    read: open(({ overdue }) => overdue),
  },
  {
    name: 'purveyor_portfolios',
    help: 'Portfolios by state',
    type: 'gauge',
    labels: ['csp', 'state', 'phase'],
    read: rows(async (models) => (await portfoliosByState(models)).map(({ oldestSince: _, ...row }) => row)),
  },
  {
    name: 'purveyor_processes_open',
    help: 'Processes that have not ended',
    type: 'gauge',
    labels: ['workflow', 'status', 'assignee'],
    read: rows(openProcessesByStatus),
  },
  {
    name: 'purveyor_operations',
    help: 'Operations by state and the resource types of their needs',
    type: 'gauge',
    labels: ['state', 'types'],
    read: rows(async (models, now) =>
      (await operationsByState(models, now)).map(({ overdue: _, types, ...row }) => ({
        ...row,
        types: types.join(','),
      })),
    ),
  },
  {
    name: 'purveyor_subscriptions',
    help: 'Subscriptions by product and status',
    type: 'gauge',
    labels: ['product', 'status', 'in_sync'],
    read: rows(async (models) =>
      (await subscriptionsByProduct(models)).map(({ inSync, ...row }) => ({ ...row, in_sync: inSync })),
    ),
  },
  {
    name: 'purveyor_parked_events',
    help: 'Events that a view could not take in',
    type: 'gauge',
    labels: [],
    read: async ({ models }) => [{ labels: {}, value: await countParked(models) }],
  },
];
