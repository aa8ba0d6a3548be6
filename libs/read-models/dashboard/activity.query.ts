import type { ReadModels } from '../database/read-models.js';
import type { FigureName } from '../series/figures.js';
import { grouped } from '../series/group.js';
import { totalsOf, type Measured, type MeasuredBy, type Window } from '../series/series.query.js';
import { openSteps, standingFailures, type OpenSteps } from './open-steps.query.js';

/** How the attempts of a step ended, and the part of them that brought no success. */
export interface Attempts {
  readonly done: number;
  readonly retried: number;
  readonly failed: number;
  readonly errorRate: number | null;
}
export interface StepActivity {
  readonly kind: string;
  readonly step: string;
  /** From its beginning to its success. */
  readonly time: Measured;
  /** From when the other side took it to its answer; null where it answers at once. */
  readonly answer: Measured | null;
  readonly attempts: Attempts;
}

/** What goes on in portfolios, processes or operations now, and what came to pass in a window. */
export interface Activity {
  readonly open: readonly OpenSteps[];
  readonly begun: readonly { readonly kind: string; readonly count: number }[];
  readonly ended: readonly { readonly kind: string; readonly outcome: string; readonly time: Measured }[];
  /** The slowest first. */
  readonly steps: readonly StepActivity[];
  /** `count` in the window; `standing`: how many instances stand so now, whenever it happened. */
  readonly reasons: readonly {
    readonly kind: string;
    readonly step: string;
    readonly code: string;
    readonly count: number;
    readonly standing: number;
  }[];
}

export async function activity(models: ReadModels, category: string, window: Window, now: number): Promise<Activity> {
  const totals = (figure: FigureName) => totalsOf(models, { figure, where: { category } }, window);
  const [begun, ended] = [await totals('begun'), await totals('run_time')];
  return {
    open: await openSteps(models, category, now),
    begun: begun.map(({ labels, count }) => ({ kind: labels['kind']!, count })),
    ended: ended.map(({ labels, ...time }) => ({ kind: labels['kind']!, outcome: labels['outcome']!, time })),
    steps: stepsOf(await totals('step_time'), await totals('answer_time'), await totals('attempts')),
    reasons: reasonsOf(await totals('failures'), await standingFailures(models, category)),
  };
}

const NEVER: Measured = { count: 0, seconds: null };
const placeOf = ({ labels }: Pick<MeasuredBy, 'labels'>) => JSON.stringify([labels['kind'], labels['step']]);
const timeOf = (found: MeasuredBy | undefined): Measured | undefined =>
  found && { count: found.count, seconds: found.seconds };

function stepsOf(
  times: readonly MeasuredBy[],
  answers: readonly MeasuredBy[],
  attempts: readonly MeasuredBy[],
): readonly StepActivity[] {
  const [time, answer] = [times, answers].map((all) => new Map(all.map((each) => [placeOf(each), each])));
  const tried = grouped(attempts, placeOf);
  const places = new Map([...times, ...answers, ...attempts].map((each) => [placeOf(each), each.labels]));
  const steps = [...places].map(([place, labels]) => ({
    kind: labels['kind']!,
    step: labels['step']!,
    time: timeOf(time!.get(place)) ?? NEVER,
    answer: timeOf(answer!.get(place)) ?? null,
    attempts: attemptsOf(tried.get(place) ?? []),
  }));
  return steps.sort((a, b) => (b.time.seconds?.p90 ?? 0) - (a.time.seconds?.p90 ?? 0));
}

function attemptsOf(counted: readonly MeasuredBy[]): Attempts {
  const of = (outcome: string) => counted.find(({ labels }) => labels['outcome'] === outcome)?.count ?? 0;
  const [done, retried, failed] = [of('done'), of('retried'), of('failed')];
  const all = done + retried + failed;
  return { done, retried, failed, errorRate: all === 0 ? null : (retried + failed) / all };
}

function reasonsOf(recent: readonly MeasuredBy[], standing: Awaited<ReturnType<typeof standingFailures>>) {
  const reasons = new Map<string, Activity['reasons'][number]>();
  for (const { kind, step, code, count } of standing)
    reasons.set(JSON.stringify([kind, step, code]), { kind, step, code, count: 0, standing: count });
  for (const { labels, count } of recent) {
    const [kind, step, code] = [labels['kind']!, labels['step']!, labels['code']!];
    const key = JSON.stringify([kind, step, code]);
    reasons.set(key, { kind, step, code, count, standing: reasons.get(key)?.standing ?? 0 });
  }
  return [...reasons.values()].sort((a, b) => b.standing - a.standing || b.count - a.count);
}
