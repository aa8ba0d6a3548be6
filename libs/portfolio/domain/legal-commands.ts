import { retryable } from './barriers.js';
import { failedDuties } from './duties.js';
import type { PlanRegistry } from './plan-registry.js';
import { currentStage, type Existing, type PortfolioState } from './portfolio.state.js';
import { stageOf, type StagePlan } from './stage-plan.js';

/** A command that fits the state, in the words of the HTTP API. */
export interface LegalCommand {
  readonly command:
    | 'create'
    | 'resume'
    | 'retry-from'
    | 'skip'
    | 'pause'
    | 'continue'
    | 'abandon'
    | 'deprovision'
    | 'amend-facts'
    | 'trigger-next-transition';
  readonly stage?: string;
}

/** The commands that fit; none while this process lacks the plan (law 8). */
export function legalCommands(state: PortfolioState, plans: PlanRegistry): readonly LegalCommand[] {
  if (state.phase === 'ABSENT') return [{ command: 'create' }];
  return legalUnder(state, plans.find(state.csp, state.plan));
}

/** The same with the plan at hand; undefined when it is not known here. */
export function legalUnder(state: Existing, plan: StagePlan | undefined): readonly LegalCommand[] {
  if (plan === undefined) return [];
  const stage = currentStage(state);
  const passable = stage !== undefined && (stageOf(plan, stage)?.skippable || state.before[stage] !== undefined);
  const skip = passable ? [{ command: 'skip', stage } as const] : [];
  const trigger = state.advance === 'manual' ? [{ command: 'trigger-next-transition' } as const] : [];
  const back = plan.stages.some(({ undo }) => undo !== undefined) ? [{ command: 'deprovision' } as const] : [];
  const pause = { command: state.paused === undefined ? 'pause' : 'continue' } as const;
  const abandon = { command: 'abandon' } as const;
  switch (state.phase) {
    case 'UNSTARTED':
      return [...trigger, abandon];
    case 'STARTING':
      return [abandon];
    case 'POSTPONED':
      return [{ command: 'amend-facts' }, abandon];
    case 'STARTED':
      return state.released ? [pause, abandon, ...back] : [...trigger, ...skip, pause, abandon, ...back];
    case 'FAILED':
      return [{ command: 'resume', stage }, ...earlier(state, plan), ...skip, ...trigger, pause, abandon, ...back];
    case 'DEPROVISION_FAILED':
      return failedBack(state).flatMap((name) => [
        { command: 'resume', stage: name },
        { command: 'skip', stage: name },
      ]);
    case 'COMPLETED':
      return [...failedDuties(state).map((name) => ({ command: 'resume', stage: name }) as const), ...back];
    case 'ABANDONED':
      return back;
    case 'DEPROVISIONING':
    case 'DEPROVISIONED':
      return [];
  }
}

const earlier = (state: Existing, plan: StagePlan) =>
  retryable(state, plan).map((stage) => ({ command: 'retry-from', stage }) as const);

const failedBack = (state: Existing): readonly string[] =>
  Object.entries(state.undone)
    .filter(([, { status }]) => status === 'failed')
    .map(([name]) => name);
