import { Requests, type Request, type RequestEvent } from '#runtime';
import {
  PROCESS_TRANSITIONS,
  STEP_EVENTS,
  type ProcessEvent,
  type ProcessEventOf,
  type ProcessLifecycleEvent,
  type ProcessStarted,
} from '../published/index.js';
import { deeply, mergeAt, nestsOf, pointerParts, setAt } from '../published/process.values.js';
import { migrated } from './process.migrated.js';
import {
  hasEnded,
  isDone,
  isDuty,
  isLeft,
  isRequest,
  NOTHING_RARE,
  pathNow,
  pinnedIndex,
  rowAt,
  type Data,
  type Mark,
  type ProcessState,
  type Rare,
  type Row,
  type StartedProcess,
} from './process.state.js';
import { statusOf } from './process.status.js';

export const requests = new Requests(STEP_EVENTS);

/** Folds one event. Total: what does not fit changes nothing. Needs no definition, so audit can fold what no code runs any more. */
export function evolveProcess(state: ProcessState, event: ProcessEvent): ProcessState {
  if (event.type === 'ProcessStarted') return state.status === 'none' ? started(event as ProcessStarted) : state;
  if (state.status === 'none') return state;
  return REQUEST_EVENTS.has(event.type)
    ? stepped(state, event as RequestEvent)
    : changed(state, event as ProcessLifecycleEvent);
}

const REQUEST_EVENTS: ReadonlySet<string> = new Set(Object.values(STEP_EVENTS));

function started({ data }: ProcessStarted): ProcessState {
  return {
    status: PROCESS_TRANSITIONS.ProcessStarted.to,
    workflow: data.workflow,
    version: data.version,
    target: data.target,
    isTask: data.isTask,
    createdBy: data.createdBy,
    product: data.product,
    customerId: data.customerId,
    claims: data.claims,
    parent: data.parent,
    startedAt: data.time,
    steps: data.steps,
    requests: data.steps.map(() => undefined),
    dynamic: {},
    duties: {},
    position: 0,
    data: data.state,
    rare: undefined,
  };
}

function stepped(state: StartedProcess, event: RequestEvent): ProcessState {
  const path = event.data.step;
  const row = rowAt(state, path);
  const request = requests.evolve(isRequest(row) ? row : undefined, event) ?? unbegun(event, row);
  if (request === undefined) return state;
  if (request.status !== 'done') return withRow(state, path, request, state.data);
  const late =
    hasEnded(state) && !isDuty(path) ? withRare(state, { late: [...(state.rare?.late ?? []), path] }) : state;
  const forgotten = withoutProgress(late, path);
  return withRow(forgotten, path, request, merged(forgotten, path, request.result));
}

/** A step whose condition cannot be told fails before it has begun. */
function unbegun({ type, data }: RequestEvent, row: Row | undefined): Request | undefined {
  if (type !== STEP_EVENTS.failed || isRequest(row)) return undefined;
  const { step, generation, attempt, failure, time } = data;
  const of = { step, generation, attempt, failures: 1, input: undefined, tokenKey: '', deadline: undefined };
  return { status: 'failed', failure: failure!, endedAt: time, startedAt: time, ...of };
}

function changed(state: StartedProcess, event: ProcessLifecycleEvent): ProcessState {
  switch (event.type) {
    case 'ProcessCompleted':
      return hasEnded(state) ? state : ended(state, { status: 'completed', endedAt: event.data.time });
    case 'ProcessAborted': {
      const { reason, time } = event.data;
      return hasEnded(state) ? state : ended(state, { status: 'aborted', reason, endedAt: time });
    }
    case 'ProcessRefused':
      return ended(state, { status: 'refused', refusal: event.data, endedAt: event.data.time });
    case 'StepResumed':
      return resumed(state, event.data);
    case 'StepSkipped':
      return skipped(state, event.data);
    case 'StepSuspended': {
      const { step, assignee, time } = event.data;
      return marked(state, { step, status: 'suspended', assignee, since: time });
    }
    case 'InputGiven': {
      const { step, input, time } = event.data;
      const data = mergeAt(state.data, nestsOf(pathNow(state, step)), input, deeply);
      return marked(state, { step, status: 'passed', endedAt: time }, data);
    }
    case 'StepSleeping':
      return marked(state, { step: event.data.step, status: 'sleeping', until: event.data.until });
    case 'StepWoken':
      return marked(state, { step: event.data.step, status: 'passed', endedAt: event.data.time });
    default:
      return rarely(state, event);
  }
}

const ended = (state: StartedProcess, end: object): ProcessState => Object.assign({}, state, end) as ProcessState;

/** What happens to few processes, and seldom. */
function rarely(state: StartedProcess, event: ProcessLifecycleEvent): ProcessState {
  const rare = state.rare ?? NOTHING_RARE;
  switch (event.type) {
    case 'StepProgressed':
      return withRare(state, { progress: { ...rare.progress, [event.data.step]: event.data.progress } });
    case 'BranchesLeft':
      return withRare(state, { left: [...rare.left, ...event.data.left] });
    case 'ValueSet': {
      const data = setAt(state.data, pointerParts(event.data.path) ?? [], event.data.value) as Data | undefined;
      return data === undefined ? state : Object.assign({}, withRare(state, { edited: true }), { data });
    }
    case 'CompensationStarted': {
      const { step, reason, time } = event.data;
      return withRare(state, { undoing: { step, reason, since: time } });
    }
    case 'ProcessHidden':
      return withRare(state, { hidden: true });
    case 'ProcessNoteChanged':
      return withRare(state, { note: event.data.note });
    case 'ProcessMigrated':
      return reshown(migrated(state, event.data));
    default:
      return state;
  }
}

const withRare = (state: StartedProcess, more: Partial<Rare>): StartedProcess =>
  reshown(Object.assign({}, state, { rare: Object.assign({}, state.rare ?? NOTHING_RARE, more) }));

/** Which of its rows count may have changed. A process of which no step has begun shows only what keeps it from beginning. */
function reshown(state: StartedProcess): StartedProcess {
  if (hasEnded(state)) return state;
  const unbegun = state.status === 'created' && Object.values(state.duties).every(({ status }) => status !== 'failed');
  return unbegun ? state : Object.assign({}, state, { status: statusOf(state) });
}

function withoutProgress(state: StartedProcess, path: string): StartedProcess {
  if (state.rare === undefined || !(path in state.rare.progress)) return state;
  const { [path]: _, ...progress } = state.rare.progress;
  return Object.assign({}, state, { rare: Object.assign({}, state.rare, { progress }) });
}

function resumed(state: StartedProcess, { step, changedInput = false, time }: ProcessEventOf<'StepResumed'>['data']) {
  const row = rowAt(state, step);
  switch (row?.status) {
    case 'done':
    case 'failed':
    case 'accepted':
    case 'overdue':
      return withRow(state, step, requests.resume(row, changedInput || row.status === 'done'), state.data);
    case 'retrying':
      return changedInput
        ? withRow(state, step, requests.resume(asFailed(row, time), true), state.data)
        : withRow(state, step, Object.assign({}, row, { failures: 0, notBefore: 0 }), state.data);
    default:
      return state;
  }
}

const asFailed = (row: Request & { status: 'retrying' }, time: number): Request & { status: 'failed' } =>
  Object.assign({}, row, { status: 'failed', endedAt: time } as const);

function skipped(state: StartedProcess, { step, because, result, time }: ProcessEventOf<'StepSkipped'>['data']) {
  const data = result === undefined ? state.data : merged(state, step, result);
  return marked(withoutProgress(state, step), { step, status: 'skipped', because, endedAt: time }, data);
}

const marked = (state: StartedProcess, mark: Mark, data = state.data): ProcessState =>
  withRow(state, mark.step, mark, data);

/** What an attempt adds. After the end, in a branch that was left, and for what is no step it adds nothing. */
function merged(state: StartedProcess, path: string, result: unknown): Data {
  const { data } = state;
  if (isDuty(path) || hasEnded(state) || isLeft(state, path)) return data;
  if (typeof result !== 'object' || result === null) return data;
  return mergeAt(data, nestsOf(state.rare === undefined ? path : pathNow(state, path)), result);
}

function withRow(state: StartedProcess, path: string, row: Row, data: Data): ProcessState {
  if (isDuty(path)) return withDuty(state, path, row);
  const index = pinnedIndex(state, path);
  const kept = index < 0 ? state.requests : replaced(state.requests, index, row);
  const dynamic = index < 0 ? Object.assign({}, state.dynamic, { [pathNow(state, path)]: row }) : state.dynamic;
  const position = moved(state.position, index, row, kept);
  const open = {
    status: 'running' as StartedProcess['status'],
    workflow: state.workflow,
    version: state.version,
    target: state.target,
    isTask: state.isTask,
    createdBy: state.createdBy,
    product: state.product,
    customerId: state.customerId,
    claims: state.claims,
    parent: state.parent,
    startedAt: state.startedAt,
    steps: state.steps,
    requests: kept,
    dynamic,
    duties: state.duties,
    position,
    data,
    rare: state.rare,
  };
  if (hasEnded(state)) return asEnded(open, state);
  open.status = statusOf(open);
  return open as ProcessState;
}

function asEnded(open: object, state: StartedProcess): ProcessState {
  if (state.status === 'aborted')
    return Object.assign(open, { status: 'aborted', reason: state.reason, endedAt: state.endedAt }) as ProcessState;
  if (state.status === 'completed')
    return Object.assign(open, { status: 'completed', endedAt: state.endedAt }) as ProcessState;
  return Object.assign({}, state, open, { status: state.status }) as ProcessState;
}

/** What a process owes beside its steps changes its status only where people must see it. */
function withDuty(state: StartedProcess, path: string, row: Row): ProcessState {
  return reshown(Object.assign({}, state, { duties: Object.assign({}, state.duties, { [path]: row }) }));
}

/** The first gap behind a row that is done; back to a row that is due again. */
function moved(position: number, index: number, row: Row, all: readonly (Row | undefined)[]): number {
  if (index < 0) return position;
  if (!isDone(row)) return Math.min(position, index);
  if (index !== position) return position;
  let at = index + 1;
  while (all[at] !== undefined && isDone(all[at]!)) at++;
  return at;
}

function replaced(all: readonly (Row | undefined)[], index: number, row: Row) {
  const copy = all.slice();
  copy[index] = row;
  return copy;
}
