import {
  hasEnded,
  isDone,
  isDuty,
  isLeft,
  NOTHING_RARE,
  pathNow,
  pinnedIndex,
  type Data,
  type Mark,
  type ProcessState,
  type Rare,
  type Row,
  type StartedProcess,
} from './process.state.js';
import { statusOf } from './process.status.js';
import { mergeAt, nestsOf } from '../published/process.values.js';

export const withRare = (state: StartedProcess, more: Partial<Rare>): StartedProcess =>
  reshown(Object.assign({}, state, { rare: Object.assign({}, state.rare ?? NOTHING_RARE, more) }));

/** Which of its rows count may have changed. A process of which no step has begun shows only what keeps it from beginning. */
export function reshown(state: StartedProcess): StartedProcess {
  if (hasEnded(state)) return state;
  const unbegun = state.status === 'created' && Object.values(state.duties).every(({ status }) => status !== 'failed');
  return unbegun ? state : Object.assign({}, state, { status: statusOf(state) });
}

export function withoutProgress(state: StartedProcess, path: string): StartedProcess {
  if (state.rare === undefined || !(path in state.rare.progress)) return state;
  const { [path]: _, ...progress } = state.rare.progress;
  return Object.assign({}, state, { rare: Object.assign({}, state.rare, { progress }) });
}

export const marked = (state: StartedProcess, mark: Mark, data = state.data): ProcessState =>
  withRow(state, mark.step, mark, data);

/** What an attempt adds. After the end, in a branch that was left, and for what is no step it adds nothing. */
export function merged(state: StartedProcess, path: string, result: unknown): Data {
  const { data } = state;
  if (isDuty(path) || hasEnded(state) || isLeft(state, path)) return data;
  if (typeof result !== 'object' || result === null) return data;
  return mergeAt(data, nestsOf(state.rare === undefined ? path : pathNow(state, path)), result);
}

export function withRow(state: StartedProcess, path: string, row: Row, data: Data): ProcessState {
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
