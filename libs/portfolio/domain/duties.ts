import { sameJson, type Driving, type Failure, type Owed } from '#kernel';
import type { RequestEvent, RequestSpec } from '#runtime';
import { dutyStep } from '../published/index.js';
import { requests } from './portfolio.evolve.js';
import { sourcesOf, type Existing } from './portfolio.state.js';
import type { Duty, DutyKind, Facts, StagePlan } from './stage-plan.js';

const dutiesOf = (state: Existing, plan: StagePlan): readonly Duty[] => plan.after?.owed(sourcesOf(state)) ?? [];

const specOf = ({ name, stage, input }: Duty): RequestSpec => ({
  step: dutyStep(name),
  effect: stage.effect,
  pollEffect: stage.pollEffect,
  policy: stage.policy,
  freshInput: () => input,
});

/** What a complete portfolio still owes, all at once, each from its time on. */
export function owedAfter(state: Existing, plan: StagePlan): readonly Owed[] {
  return dutiesOf(state, plan).flatMap((duty) =>
    requests
      .next(specOf(duty), state.duties[duty.name])
      .map((item) => (item.kind === 'run' ? { ...item, notBefore: Math.max(item.notBefore, duty.notBefore) } : item)),
  );
}

/** What has begun of it and has not ended: it comes to its end before anything is taken back. */
export function openDuties(state: Existing, plan: StagePlan): readonly Owed[] {
  const begun = dutiesOf(state, plan).filter(({ name }) => state.duties[name] !== undefined);
  return begun.flatMap((duty) => requests.next(specOf(duty), state.duties[duty.name]));
}

/** What was reported outside, or is being so, and would be another with other facts: a failed one may be corrected. */
export function changedDuties(state: Existing, plan: StagePlan, facts: Facts): readonly string[] {
  const after = new Map(dutiesOf({ ...state, facts }, plan).map((duty) => [duty.name, duty.input]));
  return dutiesOf(state, plan)
    .filter(({ name, stage }) => stage.undo !== undefined && (state.duties[name]?.status ?? 'failed') !== 'failed')
    .filter(({ name, input }) => !sameJson(after.get(name) ?? null, input))
    .map(({ name }) => name);
}

/** The kind of a duty by its name, whatever the facts say by now. */
export const dutyKind = (plan: StagePlan, name: string): DutyKind | undefined =>
  plan.after?.kinds.find((kind) => patternOf(kind).test(name));

const patternOf = ({ name }: DutyKind): RegExp => new RegExp(`^${name.replace(/\{[a-z_]+\}/g, '.+')}$`);

/** Decides what comes for any of them. */
export function decideAfter(
  state: Existing,
  plan: StagePlan,
  command: Driving,
  misfit: (stage: Duty['stage'], result: unknown) => Failure | undefined,
): readonly RequestEvent[] {
  return dutiesOf(state, plan).flatMap(({ name, stage }) =>
    requests.decide(command, state.duties[name], stage.policy, (result) => misfit(stage, result)),
  );
}

/** Duties that have failed, which an operator may resume. */
export const failedDuties = (state: Existing): readonly string[] =>
  Object.entries(state.duties)
    .filter(([, { status }]) => status === 'failed')
    .map(([name]) => name);
