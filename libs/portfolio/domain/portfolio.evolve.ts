import { Requests, type Request, type RequestEvent } from '#runtime';
import {
  dutyOf,
  stageOfUndo,
  STAGE_EVENTS,
  UNDO_EVENTS,
  type PortfolioCreated,
  type PortfolioEvent,
} from '../published/index.js';
import { planMoved } from './plan-moved.js';
import {
  lastGeneration,
  requestOf,
  type Existing,
  type PortfolioState,
  type StageProgress,
  type Undo,
} from './portfolio.state.js';

export const requests = new Requests(STAGE_EVENTS);
/** Requests that take stages back. */
export const undoRequests = new Requests(UNDO_EVENTS);

/** Folds one event. Total: an event that does not fit the state changes nothing. Needs no plan, so read models use it too. */
export function evolve(state: PortfolioState, event: PortfolioEvent): PortfolioState {
  if (event.type === 'PortfolioCreated') return state.phase === 'ABSENT' ? created(event.data) : state;
  if (state.phase === 'ABSENT' || state.phase === 'DEPROVISIONED') return state;
  if (event.type === 'DeprovisioningRequested') return { ...base(state), phase: 'DEPROVISIONING', paused: undefined };
  if (state.phase === 'ABANDONED') return lateSuccess(state, event);
  if (event.type === 'FactsAmended') return { ...state, facts: { ...state.facts, ...event.data.facts } };
  if (state.phase === 'COMPLETED') return dutyEvent(state, event);
  return state.phase === 'DEPROVISIONING' || state.phase === 'DEPROVISION_FAILED'
    ? takenBack(state, event)
    : onTheWay(state, event);
}

function onTheWay(state: Existing, event: PortfolioEvent): PortfolioState {
  const { time } = event.data;
  switch (event.type) {
    case 'PortfolioStarted':
      return { ...core(state), ...started(event.data) };
    case 'PortfolioStartPostponed':
      return { ...core(state), phase: 'POSTPONED', reason: event.data.reason, until: event.data.until };
    case 'PortfolioAbandoned':
      return { ...core(state), phase: 'ABANDONED', abandonedAt: time, reason: event.data.reason, paused: undefined };
    case 'PortfolioCompleted':
      return { ...base(state), phase: 'COMPLETED', completedAt: time, paused: undefined };
    case 'TransitionTriggered':
      return { ...base(state), phase: 'STARTED', released: true };
    case 'StageSkipped':
      return passed(state, event.data.step, {
        status: 'skipped',
        reason: event.data.reason,
        result: event.data.result,
        endedAt: time,
        before: requestOf(state, event.data.step),
      });
    case 'StageResumed':
      return resumed(state, event.data.step, event.data.input);
    case 'StagesSetBack':
      return setBack(state, event.data.to);
    case 'PlanMigrated':
      return planMoved(state, event.data);
    case 'PortfolioPaused':
      return { ...state, paused: { reason: event.data.reason, since: time } };
    case 'PortfolioContinued':
      return { ...state, paused: undefined };
    default:
      return stageEvent(state, event as RequestEvent);
  }
}

/** On the way back: what was under way still comes to its end, then one stage after the other is taken back. */
function takenBack(state: Existing, event: PortfolioEvent): PortfolioState {
  switch (event.type) {
    case 'PortfolioDeprovisioned':
      return { ...base(state), phase: 'DEPROVISIONED', endedAt: event.data.time };
    case 'StageLeftInPlace':
      return withUndo(state, event.data.step, { status: 'left', reason: event.data.reason });
    case 'StageDeprovisioningResumed': {
      const request = undoOf(state, event.data.step);
      return request?.status === 'failed'
        ? withUndo(state, event.data.step, undoRequests.resume(request, false))
        : state;
    }
    case 'StageResumed': {
      const request = requestOf(state, event.data.step);
      if (request?.status !== 'failed') return state;
      return { ...state, stages: { ...state.stages, [event.data.step]: requests.resume(request, false) } };
    }
    default:
      return dutyOf('step' in event.data ? event.data.step : undefined) === undefined
        ? requestEvent(state, event as RequestEvent)
        : dutyEvent(state, event);
  }
}

function requestEvent(state: Existing, event: RequestEvent): PortfolioState {
  const stage = stageOfUndo(event.data.step);
  if (stage !== undefined) {
    const undo = undoRequests.evolve(undoOf(state, stage), event);
    return undo ? withUndo(state, stage, undo) : state;
  }
  const { step } = event.data;
  const request = step === undefined ? undefined : requests.evolve(requestOf(state, step), event);
  return request ? { ...state, stages: { ...state.stages, [step]: request } } : state;
}

/** What had been given up was done after all: it is kept for the way back and changes nothing else. */
function lateSuccess(state: Existing, event: PortfolioEvent): PortfolioState {
  if (event.type !== 'StageCompletedLate') return state;
  const request = requests.evolve(requestOf(state, event.data.step), { ...event, type: STAGE_EVENTS.completed });
  return request ? { ...state, stages: { ...state.stages, [event.data.step]: request } } : state;
}

/** A complete portfolio stays complete whatever becomes of what is owed after it. */
function dutyEvent(state: Existing, event: PortfolioEvent): PortfolioState {
  const name = 'step' in event.data ? dutyOf(event.data.step) : undefined;
  if (name === undefined) return state;
  const before = state.duties[name];
  const resumed = event.type === 'StageResumed' && before?.status === 'failed';
  const request = resumed ? requests.resume(before, false) : requests.evolve(before, event as RequestEvent);
  return request ? { ...state, duties: { ...state.duties, [name]: request } } : state;
}

const withUndo = (state: Existing, stage: string, undo: Undo): PortfolioState => ({
  ...base(state),
  undone: { ...state.undone, [stage]: undo },
  phase: undo.status === 'failed' ? 'DEPROVISION_FAILED' : 'DEPROVISIONING',
});

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
    before: {},
    corrections: {},
    generations: {},
    paused: undefined,
    duties: {},
    undone: {},
  };
}

/** Of the hot path, as is {@link passed}: a literal of its own, for what V8 makes of properties behind a spread (ADR 0011). */
function stageEvent(state: Existing, event: RequestEvent): PortfolioState {
  const { step } = event.data;
  const request = requests.evolve(requestOf(state, step), event);
  if (request === undefined) return state;
  if (request.status === 'done') return passed(state, step, request);
  const stages = withStage(state, step, request);
  return request.status === 'failed'
    ? Object.assign(base(state), { stages, phase: 'FAILED' as const })
    : Object.assign(base(state), { stages, phase: 'STARTED' as const, released: true });
}

const withStage = ({ stages }: Existing, step: string, progress: StageProgress): Existing['stages'] =>
  Object.assign({}, stages, { [step]: progress });

/** The stage is behind; the next one may run at once only on automatic portfolios. */
function passed(state: Existing, step: string, progress: StageProgress): PortfolioState {
  return Object.assign(base(state), {
    phase: 'STARTED' as const,
    current: state.plan.stages.indexOf(step) + 1,
    stages: withStage(state, step, progress),
    released: state.advance === 'automatic',
  });
}

function resumed(state: Existing, step: string, input: Existing['facts'] | undefined): PortfolioState {
  const request = requestOf(state, step);
  if (request?.status !== 'failed') return state;
  return {
    ...base(state),
    phase: 'STARTED',
    released: true,
    stages: { ...state.stages, [step]: requests.resume(request, input !== undefined) },
    corrections: input ? { ...state.corrections, [step]: { ...state.corrections[step], ...input } } : state.corrections,
  };
}

/** That stage and all behind it are as if they had not begun; their next requests are new ones. */
function setBack(state: Existing, to: string): PortfolioState {
  const current = state.plan.stages.indexOf(to);
  const kept = state.plan.stages.slice(0, current);
  const aside = Object.entries(state.stages).filter(([name]) => !kept.includes(name));
  const done = aside.filter(([, { status }]) => status === 'done');
  const generations = aside.map(([name]) => [name, lastGeneration(state, name)] as const);
  return {
    ...base(state),
    phase: 'STARTED',
    released: true,
    current,
    stages: Object.fromEntries(Object.entries(state.stages).filter(([name]) => kept.includes(name))),
    before: { ...state.before, ...Object.fromEntries(done) },
    generations: { ...state.generations, ...Object.fromEntries(generations) },
  };
}

export function undoOf(state: Existing, stage: string): Request | undefined {
  const undo = state.undone[stage];
  return undo?.status === 'left' ? undefined : undo;
}

const startOf = (state: Existing): number => ('startedAt' in state ? state.startedAt : state.createdAt);

/** What a portfolio keeps in every phase, and when it started. */
const base = (state: Existing) => Object.assign(core(state), { startedAt: startOf(state) });

const core = (state: Existing) => ({
  name: state.name,
  csp: state.csp,
  plan: state.plan,
  facts: state.facts,
  established: state.established,
  advance: state.advance,
  createdAt: state.createdAt,
  current: state.current,
  stages: state.stages,
  corrections: state.corrections,
  generations: state.generations,
  before: state.before,
  undone: state.undone,
  duties: state.duties,
  paused: state.paused,
});
