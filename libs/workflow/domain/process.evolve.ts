import { Requests, type Request, type RequestEvent } from '#runtime';
import {
  STEP_EVENTS,
  type ProcessEvent,
  type ProcessRefused,
  type ProcessStarted,
  type StepResumed,
} from '../published/index.js';
import { elementsOf, mergeAt } from './process.data.js';
import { hasEnded, isDuty, pinnedIndex, requestAt } from './process.state.js';
import type { Data, OpenStatus, ProcessState, StartedProcess } from './process.state.js';

export const requests = new Requests(STEP_EVENTS);

/** Folds one event. Total: what does not fit changes nothing. Needs no definition, so audit can fold what no code runs any more. */
export function evolveProcess(state: ProcessState, event: ProcessEvent): ProcessState {
  if (event.type === 'ProcessStarted') return state.status === 'none' ? started(event as ProcessStarted) : state;
  if (state.status === 'none') return state;
  if (event.type === 'ProcessCompleted')
    return Object.assign({}, state, { status: 'completed', endedAt: (event.data as { time: number }).time } as const);
  if (event.type === 'ProcessAborted') {
    const { reason, time } = event.data as { reason?: string; time: number };
    return { ...state, status: 'aborted', reason, endedAt: time };
  }
  if (event.type === 'ProcessRefused') {
    const { data } = event as ProcessRefused;
    return Object.assign({}, state, { status: 'refused', refusal: data, endedAt: data.time } as const);
  }
  if (event.type === 'StepResumed') return resumed(state, event as StepResumed);
  return stepped(state, event as RequestEvent);
}

function started({ data }: ProcessStarted): ProcessState {
  return {
    status: 'created',
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
  };
}

function stepped(state: StartedProcess, event: RequestEvent): ProcessState {
  const path = event.data.step;
  if (isDuty(path)) return withDuty(state, path, requests.evolve(state.duties[path], event));
  const index = pinnedIndex(state, path);
  const request = requests.evolve(index < 0 ? state.dynamic[path] : state.requests[index], event);
  return request === undefined ? state : withRequest(state, path, index, request);
}

/** What a process owes beside its steps changes neither its status nor its data. */
function withDuty(state: StartedProcess, path: string, request: Request | undefined): ProcessState {
  return request ? Object.assign({}, state, { duties: Object.assign({}, state.duties, { [path]: request }) }) : state;
}

function resumed(state: StartedProcess, { data }: StepResumed): ProcessState {
  const { step } = data;
  const request = dueAgain(requestAt(state, step));
  if (request === undefined) return state;
  return isDuty(step) ? withDuty(state, step, request) : withRequest(state, step, pinnedIndex(state, step), request);
}

function dueAgain(request: Request | undefined): Request | undefined {
  if (request?.status === 'failed') return requests.resume(request, false);
  return request?.status === 'retrying' ? Object.assign({}, request, { failures: 0, notBefore: 0 }) : undefined;
}

function withRequest(state: StartedProcess, path: string, index: number, request: Request): ProcessState {
  const kept = index < 0 ? state.requests : replaced(state.requests, index, request);
  const dynamic = index < 0 ? { ...state.dynamic, [path]: request } : state.dynamic;
  const done = request.status === 'done';
  const position = done && index === state.position ? nextGap(kept, index + 1) : state.position;
  const open: StartedProcess = {
    status: statusOf(kept, dynamic, position),
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
    data: done && !hasEnded(state) ? merged(state.data, path, index, request.result) : state.data,
  };
  if (state.status === 'aborted') return { ...open, status: 'aborted', reason: state.reason, endedAt: state.endedAt };
  if (state.status === 'completed') return { ...open, status: 'completed', endedAt: state.endedAt };
  if (state.status === 'refused') return { ...open, status: 'refused', refusal: state.refusal, endedAt: state.endedAt };
  return open;
}

function merged(data: Data, path: string, index: number, result: unknown): Data {
  if (typeof result !== 'object' || result === null) return data;
  return mergeAt(data, index < 0 ? elementsOf(path) : [], result);
}

function nextGap(all: readonly (Request | undefined)[], from: number): number {
  let at = from;
  while (all[at]?.status === 'done') at++;
  return at;
}

function replaced(all: readonly (Request | undefined)[], index: number, request: Request) {
  const copy = all.slice();
  copy[index] = request;
  return copy;
}

/** A failed step shows first, then what runs, then what waits for a retry, then what waits for an answer. */
const RANK: Readonly<Record<Request['status'], number>> = {
  done: 0,
  accepted: 1,
  overdue: 1,
  retrying: 2,
  intended: 3,
  resumed: 3,
  failed: 4,
};
const SHOWN: readonly OpenStatus[] = ['running', 'awaiting_callback', 'waiting', 'running', 'failed'];

/** Everything before `position` is done and needs no look. */
function statusOf(
  all: readonly (Request | undefined)[],
  dynamic: Readonly<Record<string, Request>>,
  position: number,
): OpenStatus {
  let rank = 0;
  for (let i = position; i < all.length; i++) {
    const request = all[i];
    if (request !== undefined) rank = Math.max(rank, RANK[request.status]);
  }
  for (const path in dynamic) rank = Math.max(rank, RANK[dynamic[path]!.status]);
  return SHOWN[rank]!;
}
