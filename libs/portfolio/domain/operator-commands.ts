import { sameJson, type Fault } from '#kernel';
import { faultsOf, type Request } from '#runtime';
import { dutyStep, type PortfolioEvent } from '../published/index.js';
import { legalUnder, type LegalCommand } from './legal-commands.js';
import { buildPayload, invalid, refuseBadInput, refuseNoReason, type Facts } from './payload.js';
import type { PortfolioCommand, ResumeStage, SkipStage } from './portfolio.commands.js';
import { currentRequest, currentStage, sourcesOf, type Existing } from './portfolio.state.js';
import { conflict, noStage, notSkippable } from './refusals.js';
import { revealed } from './secrets.js';
import { startNow } from './start-portfolio.js';
import { stageOf, type Stage, type StagePlan } from './stage-plan.js';

const fits = (state: Existing, plan: StagePlan, command: LegalCommand): boolean =>
  legalUnder(state, plan).some((legal) => sameJson(legal, command));

const known = (plan: StagePlan, name: string): Stage => {
  const stage = stageOf(plan, name);
  if (stage === undefined)
    throw noStage(
      name,
      plan.stages.map((other) => other.name),
    );
  return stage;
};

/** Goes on from the failed stage, and only that one. A repeat is silence. */
export function resume(state: Existing, plan: StagePlan, command: ResumeStage): readonly PortfolioEvent[] {
  if (state.phase === 'DEPROVISION_FAILED') return resumeBack(state, plan, command);
  const { stage: name, input, time } = command;
  const isDuty = Object.hasOwn(state.duties, name);
  const request = isDuty ? state.duties[name] : ofCurrentStage(state, plan, name);
  const resumable = isDuty ? state.phase === 'COMPLETED' : state.phase === 'STARTED';
  if (resumable && request?.status === 'resumed' && input === undefined) return [];
  if (!fits(state, plan, { command: 'resume', stage: name }))
    throw conflict(state, legalUnder(state, plan), `resume of ${name}`);
  if (isDuty) return [{ type: 'StageResumed', data: { step: dutyStep(name), time } }];
  if (input !== undefined) checkInput(state, known(plan, name), input);
  return [{ type: 'StageResumed', data: { step: name, ...(input && { input }), time } }];
}

/** Refusal `stage_not_found` 404. */
const ofCurrentStage = (state: Existing, plan: StagePlan, name: string): Request | undefined =>
  currentStage(state) === known(plan, name).name ? currentRequest(state) : undefined;

function checkInput(state: Existing, stage: Stage, input: NonNullable<ResumeStage['input']>): void {
  const correction = { ...state.corrections[stage.name], ...input };
  refuseBadInput(stage, buildPayload(stage, sourcesOf(state), correction));
  const secrets = revealed(stage.payload.schema, input, '/input');
  if (secrets.length > 0) throw invalid('a secret was not put into the vault', secrets);
}

function resumeBack(state: Existing, plan: StagePlan, { stage, time }: ResumeStage): readonly PortfolioEvent[] {
  refuseStranger(state, plan, 'resume', stage);
  return [{ type: 'StageDeprovisioningResumed', data: { step: stage, time } }];
}

/** A person decided that it stays as it is. */
function leave(state: Existing, plan: StagePlan, { stage, reason, time }: SkipStage): readonly PortfolioEvent[] {
  refuseStranger(state, plan, 'skip', stage);
  refuseNoReason(reason);
  return [{ type: 'StageLeftInPlace', data: { step: stage, reason, time } }];
}

/** On the way back also duties and children have names. */
function refuseStranger(state: Existing, plan: StagePlan, command: 'resume' | 'skip', stage: string): void {
  if (fits(state, plan, { command, stage })) return;
  throw conflict(state, legalUnder(state, plan), `${command} of ${known(plan, stage).name}`);
}

/**
 * Passes over the current stage where the plan allows it; what later stages read must be given. A stage that was done before it was set
 * back may always be passed over: it keeps what it had answered.
 */
export function skip(state: Existing, plan: StagePlan, command: SkipStage): readonly PortfolioEvent[] {
  if (state.phase === 'DEPROVISION_FAILED') return leave(state, plan, command);
  const stage = known(plan, command.stage);
  const kept = keptOf(state, stage.name);
  const { reason, result = kept, time } = command;
  const before = state.stages[stage.name];
  if (before?.status === 'skipped' && sameJson([before.reason, before.result], [reason, result])) return [];
  if (!stage.skippable && kept === undefined) throw notSkippable(state, legalUnder(state, plan), stage.name);
  if (!fits(state, plan, { command: 'skip', stage: stage.name }))
    throw conflict(state, legalUnder(state, plan), `skip of ${stage.name}`);
  checkSkip(plan, stage, { reason, result });
  return [{ type: 'StageSkipped', data: { step: stage.name, reason, ...(result && { result }), time } }];
}

/** The result that the stage had before it was set back. */
function keptOf(state: Existing, name: string): Facts | undefined {
  const before = state.before[name];
  return before?.status === 'done' ? (before.result as Facts) : undefined;
}

function checkSkip(plan: StagePlan, stage: Stage, { reason, result }: Pick<SkipStage, 'reason' | 'result'>): void {
  const faults = [
    ...(reason.trim() === '' ? [{ pointer: '/reason', message: 'must not be empty' }] : []),
    ...(result !== undefined ? [...faultsOf(stage.result, result, '/result'), ...strangers(stage, result)] : []),
    ...(result === undefined && isRead(plan, stage.name)
      ? [{ pointer: '/result', message: 'is missing: later stages read it' }]
      : []),
  ];
  if (faults.length > 0) throw invalid(`stage ${stage.name} cannot be skipped like this`, faults);
}

/** What a CSP adds to its results is not kept, so nobody may give it by hand: it would be recorded as it is. */
const strangers = (stage: Stage, result: object): readonly Fault[] =>
  Object.keys(result)
    .filter((field) => !Object.hasOwn(stage.result.properties, field))
    .map((field) => ({ pointer: `/result/${field}`, message: 'is not a field of the result' }));

const isRead = (plan: StagePlan, name: string): boolean =>
  plan.stages.some((stage) => Object.values(stage.payload.from).some((from) => 'stage' in from && from.stage === name));

export function abandon(state: Existing, plan: StagePlan, reason: string, time: number): readonly PortfolioEvent[] {
  if (state.phase === 'ABANDONED' && state.reason === reason) return [];
  if (!fits(state, plan, { command: 'abandon' })) throw conflict(state, legalUnder(state, plan), 'abandon');
  refuseNoReason(reason);
  return [{ type: 'PortfolioAbandoned', data: { reason, time } }];
}

/** One step of a manual portfolio: starts it, or the next stage, or resumes the failed one, or completes. */
export function trigger(state: Existing, plan: StagePlan, time: number): readonly PortfolioEvent[] {
  if (!fits(state, plan, { command: 'trigger-next-transition' }))
    throw conflict(state, legalUnder(state, plan), 'trigger-next-transition');
  if (state.phase === 'UNSTARTED') return startNow(plan, state.facts, time);
  if (state.phase === 'FAILED') return [{ type: 'StageResumed', data: { step: currentStage(state)!, time } }];
  return currentStage(state) === undefined
    ? [{ type: 'PortfolioCompleted', data: { time } }]
    : [{ type: 'TransitionTriggered', data: { time } }];
}

/** Repeats are silence: paused is paused. */
export function pauseOrContinue(
  state: Existing,
  plan: StagePlan,
  command: Extract<PortfolioCommand, { type: 'PausePortfolio' | 'ContinuePortfolio' }>,
): readonly PortfolioEvent[] {
  const { type, time } = command;
  const name = type === 'PausePortfolio' ? 'pause' : 'continue';
  if (type === 'PausePortfolio') refuseNoReason(command.reason);
  if (fits(state, plan, { command: name }))
    return type === 'PausePortfolio'
      ? [{ type: 'PortfolioPaused', data: { reason: command.reason, time } }]
      : [{ type: 'PortfolioContinued', data: { time } }];
  if (fits(state, plan, { command: name === 'pause' ? 'continue' : 'pause' })) return [];
  throw conflict(state, legalUnder(state, plan), name);
}
