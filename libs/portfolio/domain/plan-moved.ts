import type { Request } from '#runtime';
import type { PortfolioEvent } from '../published/index.js';
import { currentStage, lastGeneration, type Existing, type StageProgress } from './portfolio.state.js';

type Moved = Extract<PortfolioEvent, { type: 'PlanMigrated' }>['data'];
type Names = Readonly<Record<string, string>>;

/** The place in another plan: of the stage whose turn it is if that has begun, else behind the last that is done. */
export function placeIn(names: readonly string[], map: Names, state: Existing): number {
  const current = currentStage(state);
  if (current !== undefined && state.stages[current] !== undefined) return names.indexOf(map[current] ?? '');
  return 1 + Math.max(-1, ...Object.keys(state.stages).map((name) => names.indexOf(map[name] ?? '')));
}

/**
 * Everything by the names of the other plan. Generations go on above all that either name had, also those of names that a still newer plan
 * may use again: no key is ever used for a second request (law 2).
 */
export function planMoved(state: Existing, { plan, stages: map, facts, dropped = [] }: Moved): Existing {
  const last = (name: string): number => Math.max(0, ...namesFor(name, map).map((one) => lastGeneration(state, one)));
  const renamed = <T>(of: Readonly<Record<string, T>>, change: (value: T, name: string) => T = (value) => value) =>
    Object.fromEntries(
      Object.entries(of).map(([old, value]) => [map[old] ?? old, change(value, map[old] ?? old)] as const),
    );
  const under = (progress: StageProgress, step: string) => movedTo(progress, step, last(step));
  const kept = Object.entries(state.facts).filter(([name]) => !dropped.includes(name));
  return {
    ...state,
    plan,
    facts: { ...Object.fromEntries(kept), ...facts },
    current: placeIn(plan.stages, map, state),
    stages: renamed(state.stages, under),
    before: renamed(state.before, under),
    corrections: renamed(state.corrections),
    generations: Object.fromEntries(
      [...new Set([...Object.keys(state.generations), ...Object.keys(state.stages), ...plan.stages])]
        .map((name) => [name, last(name)] as const)
        .filter(([, used]) => used > 0),
    ),
  };
}

/** Its own name and that of the stage it was. */
const namesFor = (name: string, map: Names): readonly string[] => [
  name,
  ...Object.keys(map).filter((old) => map[old] === name),
];

function movedTo(progress: StageProgress, step: string, generation: number): StageProgress {
  if (progress.status !== 'skipped') return movedRequest(progress, step, generation);
  const { before } = progress;
  return { ...progress, before: before && movedRequest(before, step, generation) };
}

const movedRequest = (request: Request, step: string, generation: number): Request => ({
  ...request,
  step,
  generation,
});
