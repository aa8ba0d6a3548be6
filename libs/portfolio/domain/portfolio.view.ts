import type { Failure } from '#kernel';
import { legalUnder, type LegalCommand } from './legal-commands.js';
import { requestIn, type Existing, type Phase, type StageProgress, type Undo } from './portfolio.state.js';
import type { Reason, StagePlan } from './stage-plan.js';
import { stageState, stateName, undoState, type StageState, type UndoState } from './state-name.js';

export interface StageView {
  readonly name: string;
  readonly label: string;
  readonly state: StageState | 'UNSTARTED';
  readonly attempts: number;
  readonly generation: number;
  /** Times are ms since the epoch, null where there is none. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** When the next attempt is due while retrying, and until when the CSP may answer. */
  readonly nextAttemptAt: number | null;
  readonly closesAt: number | null;
  readonly failure: Failure | null;
  readonly result: unknown;
  readonly reason: string | null;
  /** What became of it on the way back, and why it was left as it is. */
  readonly undo: { readonly state: UndoState; readonly reason: string | null; readonly failure: Failure | null } | null;
}

export interface PortfolioView {
  readonly name: string;
  readonly csp: string;
  readonly plan: { readonly name: string; readonly version: number };
  readonly advance: 'automatic' | 'manual';
  readonly state: string;
  readonly phase: Exclude<Phase, 'ABSENT'> | 'CONFIGURATION_ERROR';
  readonly stages: readonly StageView[];
  /** What is owed after completion: `after/<name>` as a stage of its own. */
  readonly after: readonly StageView[];
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly reason: string | null;
  readonly paused: { readonly reason: string; readonly since: number } | null;
  /** Why it may not start yet, and when the plan looks again (ms since the epoch). */
  readonly postponed: { readonly reason: Reason; readonly until: number | null } | null;
  readonly legalCommands: readonly LegalCommand[];
}

/**
 * A portfolio as people see it. Without its plan in this process an unfinished one shows CONFIGURATION_ERROR, which is not an
 * event: it goes away by itself when the code returns (law 8).
 */
export function portfolioView(state: Existing, plan: StagePlan | undefined): PortfolioView {
  const ended = state.phase === 'COMPLETED' || state.phase === 'ABANDONED' || state.phase === 'DEPROVISIONED';
  const lost = plan === undefined && !ended;
  return {
    name: state.name,
    csp: state.csp,
    plan: { name: state.plan.name, version: state.plan.version },
    advance: state.advance,
    state: lost ? 'CONFIGURATION_ERROR' : stateName(state),
    phase: lost ? 'CONFIGURATION_ERROR' : state.phase,
    stages: state.plan.stages.map((name) =>
      stageView(name, labelOf(plan, name), state.stages[name], state.undone[name]),
    ),
    after: Object.entries(state.duties).map(([name, duty]) => stageView(name, name, duty, state.undone[name])),
    createdAt: state.createdAt,
    startedAt: 'startedAt' in state ? state.startedAt : null,
    endedAt: endOf(state),
    paused: state.paused ?? null,
    reason: state.phase === 'ABANDONED' ? state.reason : null,
    postponed: state.phase === 'POSTPONED' ? { reason: state.reason, until: state.until ?? null } : null,
    legalCommands: legalUnder(state, plan),
  };
}

function endOf(state: Existing): number | null {
  if (state.phase === 'COMPLETED') return state.completedAt;
  if (state.phase === 'ABANDONED') return state.abandonedAt;
  return state.phase === 'DEPROVISIONED' ? state.endedAt : null;
}

const labelOf = (plan: StagePlan | undefined, name: string): string =>
  plan?.stages.find((stage) => stage.name === name)?.label ?? name.toLowerCase().replaceAll('_', ' ');

function stageView(
  name: string,
  label: string,
  progress: StageProgress | undefined,
  undo: Undo | undefined,
): StageView {
  const request = requestIn(progress);
  return {
    name,
    label,
    state: stageState(progress),
    attempts: request?.attempt ?? 0,
    generation: request?.generation ?? 0,
    startedAt: request?.startedAt ?? null,
    endedAt: progress && 'endedAt' in progress ? progress.endedAt : null,
    nextAttemptAt: progress?.status === 'retrying' ? progress.notBefore : null,
    closesAt: progress?.status === 'accepted' ? progress.closesAt : null,
    failure: request && 'failure' in request ? request.failure : null,
    result: (progress && 'result' in progress ? progress.result : null) ?? null,
    reason: progress?.status === 'skipped' ? progress.reason : null,
    undo: undoView(undo),
  };
}

function undoView(undo: Undo | undefined): StageView['undo'] {
  const state = undoState(undo);
  if (undo === undefined || state === undefined) return null;
  const failure = 'failure' in undo ? undo.failure : null;
  return { state, reason: undo.status === 'left' ? undo.reason : null, failure };
}
