import type { Driving, Owed } from '#kernel';
import type { RequestEvent, RequestSpec } from '#runtime';
import type { PortfolioEvent } from '../published/index.js';
import { undoStep } from '../published/index.js';
import { legalUnder } from './legal-commands.js';
import { undoOf, undoRequests } from './portfolio.evolve.js';
import { currentRequest, currentStage, type Existing, type StageProgress } from './portfolio.state.js';
import { conflict } from './refusals.js';
import { invalid } from './payload.js';
import { stageOf, undoStage, type Stage, type StagePlan } from './stage-plan.js';

/** Begins the way back. What failed without a known outcome is asked once more, so that it can be taken back too. */
export function deprovision(state: Existing, plan: StagePlan, reason: string, time: number): readonly PortfolioEvent[] {
  if (!legalUnder(state, plan).some(({ command }) => command === 'deprovision'))
    throw conflict(state, legalUnder(state, plan), 'deprovision');
  if (reason.trim() === '') throw invalid('a reason is needed', [{ pointer: '/reason', message: 'must not be empty' }]);
  const begun: PortfolioEvent = { type: 'DeprovisioningRequested', data: { reason, time } };
  const request = currentRequest(state);
  const asked = request?.status === 'failed' && ['unknown', 'retryable'].includes(request.failure.kind);
  return asked ? [begun, { type: 'StageResumed', data: { step: request.step, time } }] : [begun];
}

/** The stage whose own request must end before anything is taken back: it is under way, or an operation of the CSP goes on. */
export function unsettled(state: Existing, plan: StagePlan): Stage | undefined {
  const stage = stageOf(plan, currentStage(state) ?? '');
  if (stage === undefined) return undefined;
  const progress = state.stages[stage.name];
  if (progress === undefined) return stage.awaits && state.current > 0 ? stage : undefined;
  return progress.status === 'done' || progress.status === 'failed' || progress.status === 'skipped'
    ? undefined
    : stage;
}

/** The next stage to be taken back: the last that has begun and is neither taken back nor left as it is. */
export function nextUndo(state: Existing, plan: StagePlan): Stage | undefined {
  return plan.stages.findLast(({ name, undo }) => {
    const status = state.undone[name]?.status;
    return undo !== undefined && state.stages[name] !== undefined && status !== 'done' && status !== 'left';
  });
}

/** What follows by itself on the way back: stages that stay, and the end. */
export function goOnBack(state: Existing, plan: StagePlan, time: number): readonly PortfolioEvent[] {
  if (state.phase !== 'DEPROVISIONING' || unsettled(state, plan)) return [];
  const stage = nextUndo(state, plan);
  if (stage === undefined) return [{ type: 'PortfolioDeprovisioned', data: { time } }];
  const reason = whyNot(stage, state.stages[stage.name]!);
  return reason === undefined ? [] : [{ type: 'StageLeftInPlace', data: { step: stage.name, reason, time } }];
}

function whyNot({ undo }: Stage, progress: StageProgress): string | undefined {
  if (undo && 'cannot' in undo) return undo.cannot;
  if (progress.status === 'skipped') return `it was skipped: ${progress.reason}`;
  const unknown = progress.status === 'failed' && progress.failure.kind !== 'refused';
  return unknown ? `what became of it is not known: ${progress.failure.code}` : undefined;
}

/** What the stage that is being taken back owes. */
export function owedBack(state: Existing, plan: StagePlan): readonly Owed[] {
  const stage = nextUndo(state, plan);
  const undo = stage && undoStage(stage);
  return undo === undefined ? [] : undoRequests.next(undoSpec(state, undo), undoOf(state, undo.name));
}

const undoSpec = (state: Existing, undo: Stage): RequestSpec => ({
  step: undoStep(undo.name),
  effect: undo.effect,
  pollEffect: undo.pollEffect,
  policy: undo.policy,
  freshInput: () => known(state.stages[undo.name]),
});

/** Decides what comes for the stage that is being taken back. */
export function decideBack(state: Existing, plan: StagePlan, command: Driving): readonly RequestEvent[] {
  const stage = state.phase === 'DEPROVISIONING' ? nextUndo(state, plan) : undefined;
  const undo = stage && undoStage(stage);
  if (undo === undefined) return [];
  return undoRequests.decide(command, undoOf(state, undo.name), undo.policy, () => undefined);
}

/** What the stage was given and what it answered. */
function known(progress: StageProgress | undefined): object {
  if (progress === undefined || progress.status === 'skipped') return {};
  return { ...(progress.input as object), ...(progress.status === 'done' && (progress.result as object)) };
}
