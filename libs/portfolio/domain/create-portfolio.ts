import { sameJson } from '#kernel';
import type { PortfolioEvent } from '../published/index.js';
import { invalid, validateFacts } from './payload.js';
import type { PlanRegistry } from './plan-registry.js';
import type { CreatePortfolio } from './portfolio.commands.js';
import type { Existing } from './portfolio.state.js';
import { revealed } from './secrets.js';
import { startOrPostpone } from './start-portfolio.js';

/** Binds the portfolio to the latest plan of its CSP; an automatic one that may start does so in the same append. */
export function create(command: CreatePortfolio, plans: PlanRegistry): readonly PortfolioEvent[] {
  const { name, csp, planVersion, facts, advance, time } = command;
  const plan = plans.latest(csp, planVersion);
  if (plan === undefined && plans.latest(csp))
    throw invalid('the plan is not known', [
      { pointer: '/plan_version', message: `is no version of the plan of ${csp}` },
    ]);
  if (plan === undefined) {
    const message = `is no known CSP; known are ${plans.csps().join(', ')}`;
    throw invalid('the CSP is not known', [{ pointer: '/csp', message }]);
  }
  const faults = [
    ...(name.trim() === '' ? [{ pointer: '/name', message: 'must not be empty' }] : []),
    ...validateFacts(plan, facts),
    ...revealed(plan.facts, facts, '/facts'),
  ];
  if (faults.length > 0) throw invalid('the portfolio cannot be created from this', faults);
  const ref = { name: plan.name, version: plan.version, stages: plan.stages.map((stage) => stage.name) };
  const created = { type: 'PortfolioCreated', data: { name, csp, plan: ref, facts, advance, time } } as const;
  return advance === 'automatic' ? [created, ...startOrPostpone(plan, facts, time)] : [created];
}

export const isSamePortfolio = (state: Existing, { name, csp, facts, advance }: CreatePortfolio): boolean =>
  sameJson([state.name, state.csp, state.facts, state.advance], [name, csp, facts, advance]);
