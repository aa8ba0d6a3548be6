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
import { marked, merged, reshown, withoutProgress, withRare, withRow } from './process.rows.js';
import { turnOfUndoing } from './turns.js';
import {
  hasEnded,
  isDuty,
  isRequest,
  NOTHING_RARE,
  passedOverAt,
  pathNow,
  rowAt,
  type Data,
  type ProcessState,
  type Row,
  type StartedProcess,
} from './process.state.js';

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
  const over = passedOverAt(state, path);
  if (over !== undefined) return cameLate(state, path, requests.evolve(over, event));
  const request = requests.evolve(isRequest(row) ? row : undefined, event) ?? unbegun(event, row);
  if (request === undefined) return state;
  if (request.status !== 'done') return withRow(state, path, request, state.data);
  const late =
    hasEnded(state) && !isDuty(path) ? withRare(state, { late: [...(state.rare?.late ?? []), path] }) : state;
  const forgotten = withoutProgress(late, path);
  return withRow(forgotten, path, request, merged(forgotten, path, request.result));
}

/** What a step brings that was passed over adds nothing; it is known, so that it can be undone. */
function cameLate(state: StartedProcess, path: string, request: Request | undefined): ProcessState {
  if (request?.status !== 'done') return state;
  const { passedOver, late } = state.rare!;
  return withRare(state, { passedOver: { ...passedOver, [path]: request }, late: [...late, path] });
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
      const undoing = { undoing: { step, reason, since: time } };
      const turn = turnOfUndoing(state);
      return withRare(state, turn === 1 ? undoing : Object.assign({ turn }, undoing));
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

function resumed(state: StartedProcess, { step, changedInput = false, time }: ProcessEventOf<'StepResumed'>['data']) {
  const row = rowAt(state, step);
  switch (row?.status) {
    case 'done':
    case 'failed':
    case 'accepted':
    case 'overdue':
      return withRow(state, step, requests.resume(row, changedInput || row.status === 'done'), state.data);
    case 'retrying':
      return withRow(state, step, requests.resume(asFailed(row, time), changedInput), state.data);
    default:
      return state;
  }
}

const remembered = (state: StartedProcess, path: string, row: Request): StartedProcess =>
  withRare(state, { passedOver: { ...state.rare?.passedOver, [path]: row } });

const asFailed = (row: Request & { status: 'retrying' }, time: number): Request & { status: 'failed' } =>
  Object.assign({}, row, { status: 'failed', endedAt: time } as const);

function skipped(state: StartedProcess, { step, because, result, time }: ProcessEventOf<'StepSkipped'>['data']) {
  const data = result === undefined ? state.data : merged(state, step, result);
  const row = rowAt(state, step);
  const mark = { status: 'skipped', because, endedAt: time } as const;
  if (!isRequest(row) || isDuty(step)) return marked(state, Object.assign({ step }, mark), data);
  // An outcome tells the path under which it was requested, which a migration may have changed since.
  const known = row.status === 'failed' ? state : remembered(state, row.step, row);
  return marked(withoutProgress(known, row.step), Object.assign({ step: row.step, begun: true } as const, mark), data);
}
