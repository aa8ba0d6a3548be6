import { mayHaveTakenEffect } from '#runtime';
import { currentRequest, type Existing } from './portfolio.state.js';
import { endedItself, waiterFor } from './operations.js';
import type { Stage, StagePlan } from './stage-plan.js';

export interface Barrier {
  /** The stage that stands in the way. */
  readonly stage: string;
  /** Stages that cannot be done again because of it. */
  readonly behind: readonly string[];
  readonly why: string;
}

/** What stands in the way of doing everything from that stage on again; undefined when nothing does. */
export function barrierBefore(state: Existing, plan: StagePlan, from: string): Barrier | undefined {
  const again = plan.stages.slice(state.plan.stages.indexOf(from));
  return ended(state, again) ?? lasting(state, again) ?? undecided(state, plan, again);
}

/** What was done and ended what others need. */
function ended(state: Existing, again: readonly Stage[]): Barrier | undefined {
  for (const { name, ends = [] } of again.filter(({ name }) => isDone(state, name))) {
    const behind = again.filter((stage) => needs(stage, ends)).map((stage) => stage.name);
    if (behind.length > 0) return { stage: name, behind, why: `it is done and ended what ${behind.join(', ')} need` };
  }
  return undefined;
}

/** What was done and cannot be taken back would be there twice: a tenant, licences. */
function lasting(state: Existing, again: readonly Stage[]): Barrier | undefined {
  const stage = again.find(({ name, undo }) => isDone(state, name) && undo !== undefined && 'cannot' in undo);
  return stage && { stage: stage.name, behind: [stage.name], why: 'it is done and cannot be taken back' };
}

/** Law 3: what nobody knows the outcome of is not asked for under another key. */
function undecided(state: Existing, plan: StagePlan, again: readonly Stage[]): Barrier | undefined {
  const stage = again.find((one) => isUndecided(state, plan, one));
  return stage && { stage: stage.name, behind: [stage.name], why: 'what became of it is not known: resume it' };
}

function isUndecided(state: Existing, plan: StagePlan, stage: Stage): boolean {
  const request = currentRequest(state);
  if (request?.status !== 'failed') return false;
  const waiter = isDone(state, stage.name) ? waiterFor(plan, stage) : undefined;
  if (waiter?.name === request.step) return !endedItself(request.failure);
  return request.step === stage.name && mayHaveTakenEffect(request.failure);
}

const isDone = (state: Existing, name: string): boolean => state.stages[name]?.status === 'done';

const needs = ({ calls = [] }: Stage, tokens: readonly string[]): boolean =>
  calls.some(({ token }) => token !== undefined && tokens.includes(token));

/** Earlier stages from which a failed portfolio may go on. */
export const retryable = (state: Existing, plan: StagePlan): readonly string[] =>
  plan.stages
    .slice(0, state.current)
    .map((stage) => stage.name)
    .filter((name) => barrierBefore(state, plan, name) === undefined);
