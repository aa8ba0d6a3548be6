import { Refusal } from '#kernel';
import type { PortfolioEvent } from '../published/index.js';
import { barrierBefore, type Barrier } from './barriers.js';
import { legalUnder } from './legal-commands.js';
import { refuseNoReason } from './payload.js';
import type { RetryFrom } from './portfolio.commands.js';
import type { Existing } from './portfolio.state.js';
import { conflict, noStage } from './refusals.js';
import { stageOf, type StagePlan } from './stage-plan.js';

/** Sets a failed portfolio back to an earlier stage. Refusal `stage_behind_barrier` names what cannot be done again, and why. */
export function retryFrom(
  state: Existing,
  plan: StagePlan,
  { stage, reason, time }: RetryFrom,
): readonly PortfolioEvent[] {
  const names = plan.stages.map(({ name }) => name);
  if (stageOf(plan, stage) === undefined) throw noStage(stage, names);
  if (state.phase !== 'FAILED' || names.indexOf(stage) >= state.current)
    throw conflict(state, legalUnder(state, plan), `retry from ${stage}`);
  refuseNoReason(reason);
  const barrier = barrierBefore(state, plan, stage);
  if (barrier !== undefined) throw behind(stage, barrier);
  return [{ type: 'StagesSetBack', data: { to: stage, reason, time } }];
}

const behind = (stage: string, barrier: Barrier): Refusal =>
  new Refusal(
    'stage_behind_barrier',
    409,
    `${stage} cannot be done again because of ${barrier.stage}: ${barrier.why}`,
    { barrier: barrier.stage, stages: barrier.behind },
  );
