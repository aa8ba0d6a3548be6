import { currentStage, type Existing, type PortfolioState, type StageProgress } from './portfolio.state.js';

/** The endings of a stage's states, and which states of its request they stand for. */
export const STAGE_STATES = ['IN_PROGRESS', 'REQUESTED', 'COMPLETED', 'FAILED', 'SKIPPED'] as const;
export type StageState = (typeof STAGE_STATES)[number];

const ENDING: Readonly<Record<StageProgress['status'], StageState>> = {
  intended: 'IN_PROGRESS',
  retrying: 'IN_PROGRESS',
  resumed: 'IN_PROGRESS',
  accepted: 'REQUESTED',
  done: 'COMPLETED',
  failed: 'FAILED',
  skipped: 'SKIPPED',
};

export const stageState = (progress: StageProgress | undefined): StageState | 'UNSTARTED' =>
  progress ? ENDING[progress.status] : 'UNSTARTED';

/** The state as people see it: UNSTARTED, POSTPONED, `<STAGE>_<ending>`, COMPLETED or ABANDONED. */
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
    case 'STARTED':
    case 'FAILED':
      return stageName(state);
  }
}

/** Of the current stage if it has begun, else of the one before it. */
function stageName(state: Existing): string {
  const current = currentStage(state);
  const name = current && state.stages[current] ? current : state.plan.stages[state.current - 1];
  return name === undefined ? 'UNSTARTED' : `${name}_${stageState(state.stages[name])}`;
}
