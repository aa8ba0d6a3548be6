import { sameJson } from '#kernel';
import type { PortfolioEvent } from '../published/index.js';
import { changedDuties } from './duties.js';
import { invalid, validateFacts, type Facts } from './payload.js';
import type { AmendFacts } from './portfolio.commands.js';
import type { Existing } from './portfolio.state.js';
import { conflict, notEligible } from './refusals.js';
import { legalUnder } from './legal-commands.js';
import { revealed } from './secrets.js';
import type { Start, StagePlan } from './stage-plan.js';

/** Starts the portfolio if the plan's rule allows it at this time, else says visibly why not. A repeat of the same reason is silence. */
export function startOrPostpone(
  plan: StagePlan,
  facts: Facts,
  time: number,
  state?: Existing,
): readonly PortfolioEvent[] {
  const start = mayStart(plan, facts, time);
  if (start.eligible) return [startedWith(start.values, time)];
  const { reason, until } = start;
  if (state?.phase === 'POSTPONED' && sameJson([state.reason, state.until], [reason, until])) return [];
  return [{ type: 'PortfolioStartPostponed', data: { reason, ...(until !== undefined && { until }), time } }];
}

/** The start that a person asked for; refused with the reason while it may not be. */
export function startNow(plan: StagePlan, facts: Facts, time: number): readonly PortfolioEvent[] {
  const start = mayStart(plan, facts, time);
  if (!start.eligible) throw notEligible(start.reason);
  return [startedWith(start.values, time)];
}

const mayStart = (plan: StagePlan, facts: Facts, time: number): Start =>
  plan.start?.check(facts, time) ?? { eligible: true, values: {} };

const startedWith = (values: Facts, time: number): PortfolioEvent => ({
  type: 'PortfolioStarted',
  data: { ...(Object.keys(values).length > 0 && { values }), time },
});

/** Nothing is made from facts any more. */
const OVER: ReadonlySet<Existing['phase']> = new Set([
  'ABANDONED',
  'DEPROVISIONING',
  'DEPROVISION_FAILED',
  'DEPROVISIONED',
]);

/** Replaces facts; a portfolio that waited for them may start in the same append. */
export function amendFacts(state: Existing, plan: StagePlan, { facts, time }: AmendFacts): readonly PortfolioEvent[] {
  const amended = { ...state.facts, ...facts };
  if (sameJson(amended, state.facts)) return [];
  if (OVER.has(state.phase)) throw conflict(state, legalUnder(state, plan), 'amend-facts');
  const reported = changedDuties(state, plan, amended);
  const faults = [
    ...validateFacts(plan, amended),
    ...revealed(plan.facts, facts, '/facts'),
    ...reported.map((name) => ({ pointer: '/facts', message: `change ${name}, which has been reported` })),
  ];
  if (faults.length > 0) throw invalid('the facts cannot be amended like this', faults);
  const changed: PortfolioEvent = { type: 'FactsAmended', data: { facts, time } };
  return state.phase === 'POSTPONED' ? [changed, ...startOrPostpone(plan, amended, time, state)] : [changed];
}
