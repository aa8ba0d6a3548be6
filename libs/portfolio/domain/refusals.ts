import { Refusal } from '#kernel';
import type { LegalCommand } from './legal-commands.js';
import type { PortfolioState } from './portfolio.state.js';
import type { Reason } from './stage-plan.js';
import { stateName } from './state-name.js';

/** 409 with the state and the commands that would fit. */
export const conflict = (state: PortfolioState, commands: readonly LegalCommand[], what: string): Refusal =>
  new Refusal('state_conflict', 409, `${what} does not fit state ${stateName(state)}`, fitting(state, commands));

/** 409 as {@link conflict}: the plan does not let this stage be skipped, in whatever state. */
export const notSkippable = (state: PortfolioState, commands: readonly LegalCommand[], stage: string): Refusal =>
  new Refusal('stage_not_skippable', 409, `the plan does not let ${stage} be skipped`, fitting(state, commands));

const fitting = (state: PortfolioState, commands: readonly LegalCommand[]) => ({
  state: stateName(state),
  phase: state.phase,
  commands,
});

export const noPortfolio = (): Refusal => new Refusal('portfolio_not_found', 404, 'there is no such portfolio');

export const noStage = (stage: string, stages: readonly string[]): Refusal =>
  new Refusal('stage_not_found', 404, `the plan has no stage ${stage}`, { stages });

export const notEligible = (reason: Reason): Refusal =>
  new Refusal('portfolio_not_eligible', 409, `the portfolio may not start yet: ${reason.message}`, { reason });
