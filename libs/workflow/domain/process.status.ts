import { failureShows, PROCESS_STATUSES, STEP_STATES, type OpenStatus } from '../published/index.js';
import { isLeft, isUndo, type ProcessCommon, type Row } from './process.state.js';

/** What a row makes the process show; the tables say it. */
export function shownBy(row: Row, isTask: boolean): OpenStatus {
  return row.status === 'failed' ? failureShows(isTask, row.failure).shows : STEP_STATES[row.status].shows;
}

type Rows = Pick<ProcessCommon, 'requests' | 'dynamic' | 'duties' | 'position' | 'isTask' | 'rare'>;

/** Of all that is open the most urgent shows. Everything before `position` is done and needs no look. */
export function statusOf(state: Rows): OpenStatus {
  let shown: OpenStatus = 'running';
  let urgency = -1;
  const look = (row: Row | undefined) => {
    if (row === undefined || row.status === 'done' || (state.rare && !counted(state as ProcessCommon, row.step)))
      return;
    const shows = shownBy(row, state.isTask);
    if (PROCESS_STATUSES[shows].urgency <= urgency) return;
    shown = shows;
    urgency = PROCESS_STATUSES[shows].urgency;
  };
  const { requests, dynamic, duties, position } = state;
  for (let i = position; i < requests.length; i++) look(requests[i]);
  for (const path in dynamic) look(dynamic[path]);
  for (const path in duties) if (isUndo(path) || duties[path]!.status === 'failed') look(duties[path]);
  return shown;
}

/** What runs in a branch that was left counts no more, and while it is undone only that. */
const counted = (state: ProcessCommon, path: string): boolean =>
  !isLeft(state, path) && (state.rare?.undoing === undefined || path.startsWith('$'));
