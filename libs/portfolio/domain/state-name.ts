import { currentStage, type Existing, type PortfolioState, type StageProgress, type Undo } from './portfolio.state.js';

/** The endings of a stage's states, and which states of its request they stand for. */
export const STAGE_STATES = ['IN_PROGRESS', 'REQUESTED', 'COMPLETED', 'FAILED', 'SKIPPED'] as const;
/** The endings on the way back. */
export const UNDO_STATES = [
  'DEPROVISIONING',
  'DEPROVISIONING_REQUESTED',
  'DEPROVISIONED',
  'DEPROVISION_FAILED',
  'LEFT_IN_PLACE',
] as const;
export type UndoState = (typeof UNDO_STATES)[number];
export type StageState = (typeof STAGE_STATES)[number];

const ENDING: Readonly<Record<StageProgress['status'], StageState>> = {
  intended: 'IN_PROGRESS',
  retrying: 'IN_PROGRESS',
  resumed: 'IN_PROGRESS',
  accepted: 'REQUESTED',
  overdue: 'REQUESTED',
  done: 'COMPLETED',
  failed: 'FAILED',
  skipped: 'SKIPPED',
};

const UNDO_ENDING: Readonly<Record<Undo['status'], UndoState>> = {
  intended: 'DEPROVISIONING',
  retrying: 'DEPROVISIONING',
  resumed: 'DEPROVISIONING',
  accepted: 'DEPROVISIONING_REQUESTED',
  overdue: 'DEPROVISIONING_REQUESTED',
  done: 'DEPROVISIONED',
  failed: 'DEPROVISION_FAILED',
  left: 'LEFT_IN_PLACE',
};

export const undoState = (undo: Undo | undefined): UndoState | undefined => undo && UNDO_ENDING[undo.status];

export const stageState = (progress: StageProgress | undefined): StageState | 'UNSTARTED' =>
  progress ? ENDING[progress.status] : 'UNSTARTED';

/** The state as people see it: UNSTARTED, POSTPONED, `<STAGE>_<ending>`, COMPLETED, ABANDONED or DEPROVISIONED. */
export function stateName(state: PortfolioState): string {
  switch (state.phase) {
    case 'ABSENT':
    case 'UNSTARTED':
    case 'STARTING':
      return 'UNSTARTED';
    case 'POSTPONED':
    case 'COMPLETED':
    case 'ABANDONED':
      return state.phase;
    case 'DEPROVISIONED':
      return state.phase;
    case 'DEPROVISIONING':
    case 'DEPROVISION_FAILED':
      return backName(state);
    case 'STARTED':
    case 'FAILED':
      return stageName(state);
  }
}

/** Of what came last on the way back. */
function backName(state: Existing): string {
  const name = Object.keys(state.undone).at(-1);
  return name === undefined ? 'DEPROVISIONING' : `${name}_${undoState(state.undone[name])}`;
}

/** Of the current stage if it has begun, else of the one before it. */
function stageName(state: Existing): string {
  const current = currentStage(state);
  const name = current && state.stages[current] ? current : state.plan.stages[state.current - 1];
  return name === undefined ? 'UNSTARTED' : `${name}_${stageState(state.stages[name])}`;
}
