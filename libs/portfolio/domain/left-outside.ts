import type { Existing } from './portfolio.state.js';
import type { StagePlan } from './stage-plan.js';
import { stepsBack, type StepBack } from './steps-back.js';

/** Something at the CSP that a portfolio which has ended left there. */
export interface LeftOutside {
  /** The stage or duty; CHILDREN for those that an operator left as they are. */
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
  return stepsBack(state, plan).flatMap((step) => {
    const certain = certainty(state, step);
    if (certain === undefined || state.undone[step.name]?.status === 'done') return [];
    const reason = whyLeft(state, step);
    const may = state.phase === 'ABANDONED' && reason === null;
    return [{ stage: step.name, certain, command: may ? 'deprovision' : null, reason } as const];
  });
}

/** Undefined where nothing can be there: it was refused or passed over. */
function certainty(state: Existing, { name, progress }: StepBack): boolean | undefined {
  if (progress === undefined) return state.undone[name]?.status === 'left' ? false : undefined;
  if (progress.status === 'skipped') return undefined;
  if (progress.status === 'done') return true;
  const refused = progress.status === 'failed' && progress.failure.kind === 'refused';
  return refused ? undefined : false;
}

function whyLeft(state: Existing, { name, stage: { undo } }: StepBack): string | null {
  if (undo && 'cannot' in undo) return undo.cannot;
  const left = state.undone[name];
  return left?.status === 'left' ? left.reason : null;
}
