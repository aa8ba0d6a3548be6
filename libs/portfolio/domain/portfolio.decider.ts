import type { DrivenDecider, Driving, Failure, Owed } from '#kernel';
import { faultsOf, type RequestSpec } from '#runtime';
import type { PortfolioEvent, StageEvent } from '../published/index.js';
import { create, isSamePortfolio } from './create-portfolio.js';
import { legalUnder } from './legal-commands.js';
import { abandon, pauseOrContinue, resume, skip, trigger } from './operator-commands.js';
import { lateSuccess } from './late-success.js';
import { migratePlan } from './migrate-plan.js';
import { pick } from './paths.js';
import { buildPayload } from './payload.js';
import type { PlanRegistry } from './plan-registry.js';
import type { PortfolioCommand } from './portfolio.commands.js';
import { decideAfter, owedAfter } from './duties.js';
import { evolve, requests } from './portfolio.evolve.js';
import {
  currentRequest,
  currentStage,
  sourcesOf,
  type Existing,
  type In,
  type PortfolioState,
} from './portfolio.state.js';
import { conflict, noPortfolio } from './refusals.js';
import { revealed } from './secrets.js';
import { retryFrom } from './set-back.js';
import { stageOf, type Stage, type StagePlan } from './stage-plan.js';
import { amendFacts, startOrPostpone } from './start-portfolio.js';
import { decideBack, deprovision, goOnBack, owedBack, unsettled } from './take-back.js';

export type PortfolioDecider = DrivenDecider<PortfolioState, PortfolioCommand, PortfolioEvent>;

/**
 * The portfolio as a driven decider. `decide` throws a Refusal for people's commands that do not fit; `decide` and `next` throw
 * UnknownPlan for a portfolio whose plan is not known here, so that the runner leaves it to others (law 8).
 */
export function portfolioDecider(plans: PlanRegistry): PortfolioDecider {
  return {
    initial: () => ({ phase: 'ABSENT' }),
    decide: (command, state) => decide(plans, command, state),
    evolve,
    next: (state) => owed(plans, state),
  };
}

function decide(plans: PlanRegistry, command: PortfolioCommand | Driving, state: PortfolioState): PortfolioEvent[] {
  const events = [...decideOne(plans, command, state)];
  if (events.length === 0) return events;
  let after = events.reduce(evolve, state);
  for (let more = byItself(plans, after, command.time); more.length > 0; more = byItself(plans, after, command.time)) {
    events.push(...more);
    after = more.reduce(evolve, after);
  }
  return events;
}

/** What follows without anybody's doing, in the same append. With its completion more leaves: not while it is paused. */
function byItself(plans: PlanRegistry, state: PortfolioState, time: number): readonly PortfolioEvent[] {
  if (state.phase === 'STARTED' && state.released && !state.paused && currentStage(state) === undefined)
    return [{ type: 'PortfolioCompleted', data: { time } }];
  return state.phase === 'DEPROVISIONING' ? goOnBack(state, plans.bound(state.csp, state.plan), time) : [];
}

function decideOne(
  plans: PlanRegistry,
  command: PortfolioCommand | Driving,
  state: PortfolioState,
): readonly PortfolioEvent[] {
  switch (command.type) {
    case 'Outcome':
    case 'Due':
    case 'HandBack':
      return driven(plans, command, state);
    case 'CreatePortfolio':
      if (state.phase === 'ABSENT') return create(command, plans);
      if (isSamePortfolio(state, command)) return [];
      throw conflict(state, legalUnder(state, plans.find(state.csp, state.plan)), 'create');
    default:
      if (state.phase === 'ABSENT') throw noPortfolio();
      return byPeople(plans, command, state);
  }
}

function byPeople(
  plans: PlanRegistry,
  command: Exclude<PortfolioCommand, { type: 'CreatePortfolio' }>,
  state: Existing,
): readonly PortfolioEvent[] {
  const plan = plans.bound(state.csp, state.plan);
  switch (command.type) {
    case 'ResumeStage':
      return resume(state, plan, command);
    case 'SkipStage':
      return skip(state, plan, command);
    case 'AmendFacts':
      return amendFacts(state, plan, command);
    case 'MigratePlan':
      return migratePlan(state, plans, command);
    case 'RetryFrom':
      return retryFrom(state, plan, command);
    case 'PausePortfolio':
    case 'ContinuePortfolio':
      return pauseOrContinue(state, plan, command);
    case 'DeprovisionPortfolio':
      return deprovision(state, plan, command.reason, command.time);
    case 'AbandonPortfolio':
      return abandon(state, plan, command.reason, command.time);
    case 'TriggerNextTransition':
      return trigger(state, plan, command.time);
  }
}

/** What comes for a portfolio that is not under way, or for a stage that is behind, is silence (law 4). */
function driven(plans: PlanRegistry, command: Driving, state: PortfolioState): readonly PortfolioEvent[] {
  if (state.phase === 'POSTPONED' && command.type === 'Due')
    return startOrPostpone(plans.bound(state.csp, state.plan), state.facts, command.time, state);
  if (state.phase === 'COMPLETED')
    return decideAfter(state, plans.bound(state.csp, state.plan), command, misfit) as readonly StageEvent[];
  if (state.phase === 'ABANDONED') return tooLate(plans, command, state);
  if (state.phase !== 'STARTED' && state.phase !== 'DEPROVISIONING') return [];
  const plan = plans.bound(state.csp, state.plan);
  const duties = state.phase === 'DEPROVISIONING' ? decideAfter(state, plan, command, misfit) : [];
  const back = decideBack(state, plan, command);
  return [...ofStage(plan, command, state), ...([...duties, ...back] as readonly StageEvent[])];
}

function tooLate(plans: PlanRegistry, command: Driving, state: In<'ABANDONED'>): readonly PortfolioEvent[] {
  const stage = stageOf(plans.bound(state.csp, state.plan), currentStage(state) ?? '');
  return lateSuccess(state, stage, stage ? ownNames(stage, command) : command, misfit);
}

function ofStage(plan: StagePlan, command: Driving, state: Existing): readonly PortfolioEvent[] {
  const stage = stageOf(plan, currentStage(state) ?? '');
  if (stage === undefined) return [];
  const check = (result: unknown) => misfit(stage, result);
  return requests.decide(ownNames(stage, command), currentRequest(state), stage.policy, check) as readonly StageEvent[];
}

/** A callback brings the CSP's own names; an effect has translated them already. */
function ownNames(stage: Stage, command: Driving): Driving {
  if (command.type !== 'Outcome' || command.via !== 'callback' || command.outcome.kind !== 'done') return command;
  if (stage.wire === undefined) return command;
  return { ...command, outcome: { kind: 'done', result: pick(command.outcome.result, stage.wire.result) } };
}

function misfit(stage: Stage, result: unknown): Failure | undefined {
  const fields = [...faultsOf(stage.result, result), ...revealed(stage.result, result, '')];
  if (fields.length === 0) return undefined;
  const named = fields.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ');
  return { kind: 'invalid_result', code: 'invalid_result', message: `the result does not fit: ${named}`, fields };
}

function owed(plans: PlanRegistry, state: PortfolioState): readonly Owed<PortfolioEvent>[] {
  switch (state.phase) {
    case 'COMPLETED':
      return owedOf(plans, state, owedAfter);
    case 'ABSENT':
    case 'ABANDONED':
    case 'DEPROVISIONED':
      return [];
    case 'UNSTARTED':
    case 'STARTING':
      return [{ kind: 'wait', key: 'start' }];
    case 'POSTPONED':
      return [{ kind: 'wait', key: 'start', until: state.until }];
    case 'FAILED':
    case 'DEPROVISION_FAILED':
      return [{ kind: 'wait', key: `${currentStage(state)}/operator` }];
    case 'DEPROVISIONING':
      return owedOnTheWayBack(plans.bound(state.csp, state.plan), state);
    case 'STARTED': {
      const stage = stageOf(plans.bound(state.csp, state.plan), currentStage(state) ?? '');
      if (state.released && (stage || state.paused)) return unlessPaused(state, stage ? owedBy(stage, state) : []);
      return [{ kind: 'wait', key: 'trigger' }];
    }
  }
}

/** Without its plan a portfolio at rest owes nothing. */
function owedOf(plans: PlanRegistry, state: Existing, owedBy: typeof owedAfter): readonly Owed<PortfolioEvent>[] {
  const plan = plans.find(state.csp, state.plan);
  return plan ? (owedBy(state, plan) as readonly Owed<StageEvent>[]) : [];
}

const owedBy = (stage: Stage, state: Existing) =>
  requests.next(requestSpec(state, stage), currentRequest(state)) as readonly Owed<StageEvent>[];

function owedOnTheWayBack(plan: StagePlan, state: Existing): readonly Owed<PortfolioEvent>[] {
  const stage = unsettled(state, plan);
  return stage ? owedBy(stage, state) : (owedBack(state, plan) as readonly Owed<StageEvent>[]);
}

/** While it is paused nothing new leaves: what the CSP was asked already is still asked after. */
function unlessPaused(state: Existing, owed: readonly Owed<PortfolioEvent>[]): readonly Owed<PortfolioEvent>[] {
  if (state.paused === undefined) return owed;
  const under = owed.filter((item) => item.kind === 'wait' || item.intent === undefined);
  return [...under, { kind: 'wait', key: 'continue' }];
}

const requestSpec = (state: Existing, stage: Stage): RequestSpec => ({
  step: stage.name,
  effect: stage.effect,
  pollEffect: stage.pollEffect,
  policy: stage.policy,
  firstGeneration: (state.generations[stage.name] ?? 0) + 1,
  freshInput: () => buildPayload(stage, sourcesOf(state), state.corrections[stage.name]),
});
