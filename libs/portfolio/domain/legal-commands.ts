import { stageOf, type StagePlan } from './stage-plan.js';
import type { PlanRegistry } from './plan-registry.js';
import { currentStage, type Existing, type PortfolioState } from './portfolio.state.js';

/** A command that fits the state, in the words of the HTTP API. */
export interface LegalCommand {
  readonly command: 'create' | 'resume' | 'skip' | 'abandon' | 'amend-facts' | 'trigger-next-transition';
  readonly stage?: string;
}

/** The commands that fit; none while this process lacks the plan (law 8). */
export function legalCommands(state: PortfolioState, plans: PlanRegistry): readonly LegalCommand[] {
  if (state.phase === 'ABSENT') return [{ command: 'create' }];
  return legalUnder(state, plans.find(state.csp, state.plan));
}

/** The same with the plan at hand; undefined when it is not known here. */
export function legalUnder(state: Existing, plan: StagePlan | undefined): readonly LegalCommand[] {
  if (plan === undefined || state.phase === 'COMPLETED' || state.phase === 'ABANDONED') return [];
  const stage = currentStage(state);
  const skip = stage !== undefined && stageOf(plan, stage)?.skippable ? [{ command: 'skip', stage } as const] : [];
  const trigger = state.advance === 'manual' ? [{ command: 'trigger-next-transition' } as const] : [];
  const abandon = { command: 'abandon' } as const;
  switch (state.phase) {
    case 'UNSTARTED':
      return [...trigger, abandon];
    case 'STARTING':
      return [abandon];
    case 'POSTPONED':
      return [{ command: 'amend-facts' }, abandon];
    case 'STARTED':
      return state.released ? [abandon] : [...trigger, ...skip, abandon];
    case 'FAILED':
      return [{ command: 'resume', stage }, ...skip, ...trigger, abandon];
  }
}
