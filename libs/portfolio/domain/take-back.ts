import type { Driving, Failure, Owed } from '#kernel';
import { mayHaveTakenEffect, type Request, type RequestEvent, type RequestSpec } from '#runtime';
import type { PortfolioEvent } from '../published/index.js';
import { undoStep } from '../published/index.js';
import { openDuties } from './duties.js';
import { legalUnder } from './legal-commands.js';
import { endedItself, waiterFor } from './operations.js';
import { undoOf, undoRequests } from './portfolio.evolve.js';
import { currentRequest, currentStage, standing, type Existing, type StageProgress } from './portfolio.state.js';
import { conflict } from './refusals.js';
import { refuseNoReason } from './payload.js';
import { stageOf, undoStage, type Stage, type StagePlan } from './stage-plan.js';
import { howBack, nextBack, type StepBack } from './steps-back.js';
import { namesIn } from './template.js';

/** Begins the way back. What failed without a known outcome is asked once more, so that it can be taken back too. */
export function deprovision(state: Existing, plan: StagePlan, reason: string, time: number): readonly PortfolioEvent[] {
  if (!legalUnder(state, plan).some(({ command }) => command === 'deprovision'))
    throw conflict(state, legalUnder(state, plan), 'deprovision');
  refuseNoReason(reason);
  const begun: PortfolioEvent = { type: 'DeprovisioningRequested', data: { reason, time } };
  const request = currentRequest(state);
  const stage = stageOf(plan, request?.step ?? '');
  return request && stage && isOpen(stage, request)
    ? [begun, { type: 'StageResumed', data: { step: request.step, time } }]
    : [begun];
}

/** Asking once more may tell what became of it: nothing is known, or only that asking was refused. */
function isOpen({ awaits }: Stage, request: Request): boolean {
  if (request.status !== 'failed') return false;
  return awaits === undefined ? mayHaveTakenEffect(request.failure) : !endedItself(request.failure);
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

/** What follows by itself on the way back: stages that stay, and the end. */
export function goOnBack(state: Existing, plan: StagePlan, time: number): readonly PortfolioEvent[] {
  if (state.phase !== 'DEPROVISIONING' || unsettled(state, plan) || openDuties(state, plan).length > 0) return [];
  const next = nextBack(state, plan);
  if (next === undefined) return [{ type: 'PortfolioDeprovisioned', data: { time } }];
  const reason = whyNot(state, plan, next);
  return reason === undefined ? [] : [{ type: 'StageLeftInPlace', data: { step: next.name, reason, time } }];
}

function whyNot(state: Existing, plan: StagePlan, { stage, progress }: StepBack): string | undefined {
  if (stage.undo && 'cannot' in stage.undo) return stage.undo.cannot;
  if (progress === undefined) return undefined;
  if (progress.status === 'skipped') return `it was skipped: ${progress.reason}`;
  if (isUnknown(progress)) return unknown(progress.failure);
  const waiting = stage.awaits ? progress : progress.status === 'done' ? waitedFor(state, plan, stage) : undefined;
  return waiting?.status === 'failed' && !endedItself(waiting.failure) ? unknown(waiting.failure) : undefined;
}

/** How the stage stands that waits for the operation of this one, if only that one's result says what is to be taken back. */
function waitedFor(state: Existing, plan: StagePlan, stage: Stage): StageProgress | undefined {
  const waiter = waiterFor(plan, stage);
  const values = known(standing(state, stage.name));
  const calls = undoStage(stage)?.calls ?? [];
  const possible = calls.some((call) => namesIn(call).every((name) => Object.hasOwn(values, name)));
  return waiter && !possible ? state.stages[waiter.name] : undefined;
}

const isUnknown = (progress: StageProgress): progress is Request & { status: 'failed' } =>
  progress.status === 'failed' && progress.failure.kind !== 'refused';

const unknown = ({ code }: Failure): string => `what became of it is not known: ${code}`;

/** What is owed on the way back: the end of duties that have begun, then what is being taken back. */
export function owedBack(state: Existing, plan: StagePlan): readonly Owed[] {
  const open = openDuties(state, plan);
  const next = open.length > 0 ? undefined : nextBack(state, plan);
  const undo = next && howBack(next);
  return next === undefined || undo === undefined
    ? open
    : undoRequests.next(undoSpec(undo, next.progress), undoOf(state, undo.name));
}

const undoSpec = (undo: Stage, progress: StageProgress | undefined): RequestSpec => ({
  step: undoStep(undo.name),
  effect: undo.effect,
  pollEffect: undo.pollEffect,
  policy: undo.policy,
  freshInput: () => known(progress),
});

/** Decides what comes for the stage that is being taken back. */
export function decideBack(state: Existing, plan: StagePlan, command: Driving): readonly RequestEvent[] {
  const next = state.phase === 'DEPROVISIONING' ? nextBack(state, plan) : undefined;
  const undo = next && howBack(next);
  if (undo === undefined) return [];
  return undoRequests.decide(command, undoOf(state, undo.name), undo.policy, () => undefined);
}

/** What the stage was given and what it answered. */
function known(progress: StageProgress | undefined): object {
  if (progress === undefined || progress.status === 'skipped') return {};
  return { ...(progress.input as object), ...(progress.status === 'done' && (progress.result as object)) };
}
