import type { Existing } from './portfolio.state.js';
import type { Stage, StagePlan } from './stage-plan.js';

export interface Barrier {
  /** The stage that was done and ended what others need. */
  readonly stage: string;
  /** Stages that cannot be done again because of it. */
  readonly behind: readonly string[];
}

/** What stands in the way of doing everything from that stage on again; undefined when nothing does. */
export function barrierBefore(state: Existing, plan: StagePlan, from: string): Barrier | undefined {
  const again = plan.stages.slice(state.plan.stages.indexOf(from));
  const ending = again.filter(({ name, ends }) => ends !== undefined && state.stages[name]?.status === 'done');
  for (const { name, ends = [] } of ending) {
    const behind = again.filter((stage) => needs(stage, ends)).map((stage) => stage.name);
    if (behind.length > 0) return { stage: name, behind };
  }
  return undefined;
}

const needs = ({ calls = [] }: Stage, tokens: readonly string[]): boolean =>
  calls.some(({ token }) => token !== undefined && tokens.includes(token));

/** Earlier stages from which a failed portfolio may go on. */
export const retryable = (state: Existing, plan: StagePlan): readonly string[] =>
  plan.stages
    .slice(0, state.current)
    .map((stage) => stage.name)
    .filter((name) => barrierBefore(state, plan, name) === undefined);
