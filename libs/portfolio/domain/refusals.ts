import { Refusal } from '#kernel';
import type { LegalCommand } from './legal-commands.js';
import type { PortfolioState } from './portfolio.state.js';
import type { Reason } from './stage-plan.js';
import { stateName } from './state-name.js';

/** 409 with the state and the commands that would fit. */
export const conflict = (
  state: PortfolioState,
  commands: readonly LegalCommand[],
  what: string,
  code = 'state_conflict',
): Refusal =>
  new Refusal(code, 409, `${what} does not fit state ${stateName(state)}`, {
    state: stateName(state),
    phase: state.phase,
    commands,
  });

export const noPortfolio = (): Refusal => new Refusal('portfolio_not_found', 404, 'there is no such portfolio');

export const noStage = (stage: string, stages: readonly string[]): Refusal =>
  new Refusal('stage_not_found', 404, `the plan has no stage ${stage}`, { stages });

export const notEligible = (reason: Reason): Refusal =>
  new Refusal('portfolio_not_eligible', 409, `the portfolio may not start yet: ${reason.message}`, { reason });
