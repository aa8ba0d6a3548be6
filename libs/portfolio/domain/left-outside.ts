import { standing, type Existing, type StageProgress } from './portfolio.state.js';
import type { Stage, StagePlan } from './stage-plan.js';

/** Something at the CSP that a portfolio which has ended left there. */
export interface LeftOutside {
  readonly stage: string;
  /** Whether it is known to be there; else nobody knows what became of it. */
  readonly certain: boolean;
  /** The command that takes it back; null where none does. */
  readonly command: 'deprovision' | null;
  /** Why it cannot be taken back or was not. */
  readonly reason: string | null;
}

/** What stays outside of a portfolio that was abandoned or taken back; nothing while it goes on or is wanted. */
export function leftOutside(state: Existing, plan: StagePlan | undefined): readonly LeftOutside[] {
  if (plan === undefined || (state.phase !== 'ABANDONED' && state.phase !== 'DEPROVISIONED')) return [];
  return plan.stages.flatMap((stage) => {
    const certain = certainty(stage, standing(state, stage.name));
    if (certain === undefined || state.undone[stage.name]?.status === 'done') return [];
    const reason = whyLeft(state, stage);
    const may = state.phase === 'ABANDONED' && reason === null;
    return [{ stage: stage.name, certain, command: may ? 'deprovision' : null, reason } as const];
  });
}

/** Undefined where nothing can be there: the stage has not begun, was refused or passed over, or leaves nothing. */
function certainty(stage: Stage, progress: StageProgress | undefined): boolean | undefined {
  if (stage.undo === undefined || progress === undefined || progress.status === 'skipped') return undefined;
  if (progress.status === 'done') return true;
  const refused = progress.status === 'failed' && progress.failure.kind === 'refused';
  return refused ? undefined : false;
}

function whyLeft(state: Existing, { name, undo }: Stage): string | null {
  if (undo && 'cannot' in undo) return undo.cannot;
  const left = state.undone[name];
  return left?.status === 'left' ? left.reason : null;
}
