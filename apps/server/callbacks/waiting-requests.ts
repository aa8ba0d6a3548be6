import { pick, stageOf, type PlanRegistry, type PortfolioState } from '#portfolio';
import { categoryOf } from '#event-store';
import type { Request } from '#runtime';
import { requestAt, type ProcessState } from '#workflow';

/** The request of a step as an instance's state holds it: `skipped` when an operator passed over it. */
export type Found = Request | { readonly status: 'skipped' } | undefined;

/** How a category keeps its requests. */
export interface Waiting {
  /** The request of the step at a path; undefined when it never was. */
  request(state: unknown, step: string): Found;
  /** A result as the other side names it, in the names in which the request records it. */
  ownNames(state: unknown, step: string, result: unknown): unknown;
  /** The instance was given up: its open requests wait no longer. */
  givenUp(state: unknown): boolean;
}

const portfolios = (plans: PlanRegistry): Waiting => ({
  request: (state, step) => {
    const portfolio = state as PortfolioState;
    return portfolio.phase === 'ABSENT' ? undefined : portfolio.stages[step];
  },
  ownNames: (state, step, result) => {
    const portfolio = state as PortfolioState;
    const plan = portfolio.phase === 'ABSENT' ? undefined : plans.find(portfolio.csp, portfolio.plan);
    const wire = plan && stageOf(plan, step)?.wire;
    return wire ? pick(result, wire.result) : result;
  },
  givenUp: (state) => (state as PortfolioState).phase === 'ABANDONED',
});

const processes: Waiting = {
  request: (state, step) => {
    const process = state as ProcessState;
    return process.status === 'none' ? undefined : requestAt(process, step);
  },
  ownNames: (_state, _step, result) => result,
  givenUp: (state) => (state as ProcessState).status === 'aborted',
};

/** How the category of a stream keeps requests; undefined for categories that owe nothing. */
export function waitingIn(stream: string, plans: PlanRegistry): Waiting | undefined {
  switch (categoryOf(stream)) {
    case 'portfolio':
      return portfolios(plans);
    case 'process':
      return processes;
    default:
      return undefined;
  }
}
