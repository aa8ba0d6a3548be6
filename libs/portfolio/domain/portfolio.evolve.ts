import { Requests, type Request, type RequestEvent } from '#runtime';
import { STAGE_EVENTS, type PortfolioCreated, type PortfolioEvent } from '../published/index.js';
import type { Existing, PortfolioState, StageProgress } from './portfolio.state.js';

export const requests = new Requests(STAGE_EVENTS);

/** Folds one event. Total: an event that does not fit the state changes nothing. Needs no plan, so read models use it too. */
export function evolve(state: PortfolioState, event: PortfolioEvent): PortfolioState {
  if (event.type === 'PortfolioCreated') return state.phase === 'ABSENT' ? created(event.data) : state;
  if (state.phase === 'ABSENT' || state.phase === 'ABANDONED') return state;
  if (event.type === 'FactsAmended') return { ...state, facts: { ...state.facts, ...event.data.facts } };
  if (state.phase === 'COMPLETED') return state;
  const { data } = event;
  switch (event.type) {
    case 'PortfolioStarted':
      return { ...core(state), ...started(event.data) };
    case 'PortfolioStartPostponed':
      return { ...core(state), phase: 'POSTPONED', reason: event.data.reason, until: event.data.until };
    case 'PortfolioAbandoned':
      return { ...core(state), phase: 'ABANDONED', abandonedAt: data.time, reason: event.data.reason };
    case 'PortfolioCompleted':
      return { ...core(state), phase: 'COMPLETED', startedAt: startOf(state), completedAt: data.time };
    case 'TransitionTriggered':
      return { ...core(state), phase: 'STARTED', startedAt: startOf(state), released: true };
    case 'StageSkipped':
      return passed(state, event.data.step, {
        status: 'skipped',
        reason: event.data.reason,
        result: event.data.result,
        endedAt: data.time,
        before: requestOf(state, event.data.step),
      });
    case 'StageResumed':
      return resumed(state, event.data.step, event.data.input);
    default:
      return stageEvent(state, event);
  }
}

const started = ({ time, values = {} }: { time: number; values?: Existing['facts'] }) =>
  ({ phase: 'STARTED', startedAt: time, released: true, established: values }) as const;

function created(data: PortfolioCreated['data']): PortfolioState {
  const { time, ...facts } = data;
  return {
    ...facts,
    phase: data.advance === 'manual' ? 'UNSTARTED' : 'STARTING',
    established: {},
    createdAt: time,
    current: 0,
    stages: {},
    corrections: {},
  };
}

function stageEvent(state: Existing, event: RequestEvent): PortfolioState {
  const { step } = event.data;
  const request = requests.evolve(requestOf(state, step), event);
  if (request === undefined) return state;
  if (request.status === 'done') return passed(state, step, request);
  const stages = { ...state.stages, [step]: request };
  return request.status === 'failed'
    ? { ...core(state), stages, phase: 'FAILED', startedAt: startOf(state) }
    : { ...core(state), stages, phase: 'STARTED', startedAt: startOf(state), released: true };
}

/** The stage is behind; the next one may run at once only on automatic portfolios. */
function passed(state: Existing, step: string, progress: StageProgress): PortfolioState {
  return {
    ...core(state),
    phase: 'STARTED',
    startedAt: startOf(state),
    current: state.plan.stages.indexOf(step) + 1,
    stages: { ...state.stages, [step]: progress },
    released: state.advance === 'automatic',
  };
}

function resumed(state: Existing, step: string, input: Existing['facts'] | undefined): PortfolioState {
  const request = requestOf(state, step);
  if (request?.status !== 'failed') return state;
  return {
    ...core(state),
    phase: 'STARTED',
    startedAt: startOf(state),
    released: true,
    stages: { ...state.stages, [step]: requests.resume(request, input !== undefined) },
    corrections: input ? { ...state.corrections, [step]: { ...state.corrections[step], ...input } } : state.corrections,
  };
}

function requestOf(state: Existing, step: string): Request | undefined {
  const progress = state.stages[step];
  return progress?.status === 'skipped' ? undefined : progress;
}

const startOf = (state: Existing): number => ('startedAt' in state ? state.startedAt : state.createdAt);

/** What a portfolio keeps in every phase. */
function core(state: Existing) {
  const { name, csp, plan, facts, established, advance, createdAt, current, stages, corrections } = state;
  return { name, csp, plan, facts, established, advance, createdAt, current, stages, corrections };
}
