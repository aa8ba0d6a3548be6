import {
  failureShows,
  PROCESS_STATUSES,
  STEP_STATES,
  type OpenStatus,
  type OperatorCommand,
  type ProcessWireStatus,
} from '../published/index.js';
import { isDone, isLeft, isUndo, type ProcessCommon, type Row, type StartedProcess } from './process.state.js';

/** Commands that people may send in a state. */
export function legalCommands(state: StartedProcess): readonly OperatorCommand[] {
  return state.status === 'refused' ? [] : PROCESS_STATUSES[state.status satisfies ProcessWireStatus].commands;
}

/** What a row makes the process show; the tables say it. */
export function shownBy(row: Row, isTask: boolean): OpenStatus {
  return row.status === 'failed' ? failureShows(isTask, row.failure).shows : STEP_STATES[row.status].shows;
}

type Rows = Pick<ProcessCommon, 'requests' | 'dynamic' | 'duties' | 'position' | 'isTask' | 'rare'>;

/** Of all that is open the most urgent shows. Everything before `position` is done and needs no look. */
export function statusOf(state: Rows): OpenStatus {
  const { requests, dynamic, duties, position } = state;
  let shown: OpenStatus | undefined;
  for (let i = position; i < requests.length; i++) shown = moreUrgent(state, shown, requests[i]);
  for (const path in dynamic) shown = moreUrgent(state, shown, dynamic[path]);
  for (const path in duties)
    if (isUndo(path) || duties[path]!.status === 'failed') shown = moreUrgent(state, shown, duties[path]);
  return shown ?? 'running';
}

function moreUrgent(state: Rows, shown: OpenStatus | undefined, row: Row | undefined): OpenStatus | undefined {
  if (row === undefined || isDone(row)) return shown;
  if (state.rare !== undefined && !counted(state as ProcessCommon, row.step)) return shown;
  const shows = shownBy(row, state.isTask);
  return shown === undefined || PROCESS_STATUSES[shows].urgency > PROCESS_STATUSES[shown].urgency ? shows : shown;
}

/** What runs in a branch that was left counts no more, and while it is undone only that. */
const counted = (state: ProcessCommon, path: string): boolean =>
  !isLeft(state, path) && (state.rare?.undoing === undefined || path.startsWith('$'));
