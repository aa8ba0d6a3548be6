import { Refusal } from '#kernel';
import { faultsOf, mayHaveTakenEffect } from '#runtime';
import type { PortfolioEvent } from '../published/index.js';
import { invalid, refuseNoReason, validateFacts, type Facts } from './payload.js';
import { placeIn } from './plan-moved.js';
import type { PlanRegistry } from './plan-registry.js';
import type { MigratePlan } from './portfolio.commands.js';
import { currentRequest, type Existing } from './portfolio.state.js';
import { revealed } from './secrets.js';
import { startOrPostpone } from './start-portfolio.js';
import { stageOf, type PlanMigration, type Reason, type StagePlan } from './stage-plan.js';

const because = (code: string, message: string): Reason => ({ code, message });
const OPEN: ReadonlySet<Existing['phase']> = new Set(['UNSTARTED', 'STARTING', 'POSTPONED', 'STARTED', 'FAILED']);

/** The facts under the newer version: without what it has no place for, with what is given beside. */
export const movedFacts = (state: Existing, { drops = [] }: PlanMigration, given: Facts): Facts => ({
  ...Object.fromEntries(Object.entries(state.facts).filter(([name]) => !drops.includes(name))),
  ...given,
});

export const declaredMigration = (state: Existing, to: StagePlan): PlanMigration | undefined =>
  to.migrations?.find(({ from }) => from === state.plan.version);

/** Why the portfolio cannot be moved to that version now; undefined when it can. `facts`: as {@link movedFacts} makes them. */
export function whyNotMoved(state: Existing, to: StagePlan, given: Facts = {}): Reason | undefined {
  const migration = declaredMigration(state, to);
  if (!OPEN.has(state.phase)) return because('portfolio_over', `a portfolio in phase ${state.phase} stays on its plan`);
  if (migration === undefined)
    return because('not_declared', `version ${to.version} declares no migration from version ${state.plan.version}`);
  return (
    underWay(state) ??
    uncovered(state, to, migration) ??
    unfit(state, to, migration, movedFacts(state, migration, given))
  );
}

/** Law 2: the bytes of what has left belong to the version that sent it. */
function underWay(state: Existing): Reason | undefined {
  const request = currentRequest(state);
  if (request === undefined) return undefined;
  if (request.status !== 'failed')
    return because('under_way', `${request.step} is under way: pause the portfolio and wait for its end`);
  return mayHaveTakenEffect(request.failure)
    ? because('undecided', `what became of ${request.step} is not known: resume it first`)
    : undefined;
}

function uncovered(state: Existing, to: StagePlan, { stages: map }: PlanMigration): Reason | undefined {
  const strange = [...Object.keys(state.stages), ...Object.keys(state.before)].find((name) => map[name] === undefined);
  if (strange !== undefined)
    return because('not_covered', `${strange} has begun and has no place in version ${to.version}`);
  const names = to.stages.map(({ name }) => name);
  const known = Object.keys(state.stages).map((name) => map[name]);
  const missing = names.slice(0, placeIn(names, map, state)).find((name) => !known.includes(name));
  return missing === undefined
    ? undefined
    : because('not_covered', `version ${to.version} has ${missing} before the place where the portfolio is`);
}

function unfit(state: Existing, to: StagePlan, { stages: map }: PlanMigration, facts: Facts): Reason | undefined {
  for (const [name, progress] of Object.entries(state.stages)) {
    const stage = stageOf(to, map[name]!)!;
    const [fault] = progress.status === 'done' ? faultsOf(stage.result, progress.result, '/result') : [];
    if (fault) return because('result_misfit', `the result of ${name}: ${fault.pointer} ${fault.message}`);
    const corrected = Object.keys(state.corrections[name] ?? {});
    const strange = corrected.find((field) => !Object.hasOwn(stage.payload.schema.properties, field));
    if (strange !== undefined)
      return because('correction_misfit', `${name} was corrected in ${strange}, which ${stage.name} does not have`);
  }
  const [fault] = validateFacts(to, facts);
  if (fault) return because('facts_misfit', `${fault.pointer} ${fault.message}`);
  const [start] = to.start && hasBegun(state) ? faultsOf(to.start.establishes, state.established) : [];
  return start && because('start_misfit', `what the start established: ${start.pointer} ${start.message}`);
}

const hasBegun = (state: Existing): boolean => Object.keys(state.stages).length > 0;

/**
 * Moves the portfolio to another version of its plan. Refusals `validation_failed` 400 for a version that is none and facts in clear,
 * `plan_migration_refused` 409 with the reason for a portfolio at a place which the declared migration does not cover.
 */
export function migratePlan(state: Existing, plans: PlanRegistry, command: MigratePlan): readonly PortfolioEvent[] {
  const { version, reason, facts = {} } = command;
  if (version === state.plan.version) return [];
  refuseNoReason(reason);
  const to = plans.find(state.csp, { name: state.plan.name, version });
  if (to === undefined)
    throw invalid('the plan is not known', [
      { pointer: '/plan_version', message: `is no version of the plan of ${state.csp}` },
    ]);
  const why = whyNotMoved(state, to, facts);
  if (why !== undefined) throw notMoved(why);
  const secrets = revealed(to.facts, facts, '/facts');
  if (secrets.length > 0) throw invalid('a secret was not put into the vault', secrets);
  return moved(state, to, command);
}

/** What has not begun starts anew under the rule of the newer version. */
function moved(state: Existing, to: StagePlan, { reason, facts = {}, time }: MigratePlan): readonly PortfolioEvent[] {
  const migration = declaredMigration(state, to)!;
  const dropped = (migration.drops ?? []).filter((name) => Object.hasOwn(state.facts, name));
  const plan = { name: to.name, version: to.version, stages: to.stages.map(({ name }) => name) };
  const event: PortfolioEvent = {
    type: 'PlanMigrated',
    data: {
      plan,
      stages: migration.stages,
      ...(Object.keys(facts).length > 0 && { facts }),
      ...(dropped.length > 0 && { dropped }),
      reason,
      time,
    },
  };
  const anew = !hasBegun(state) && state.phase !== 'UNSTARTED';
  return anew ? [event, ...startOrPostpone(to, movedFacts(state, migration, facts), time)] : [event];
}

const notMoved = (reason: Reason): Refusal =>
  new Refusal('plan_migration_refused', 409, `the portfolio stays on its plan: ${reason.message}`, { reason });
