import type { Driving, Failure, Owed } from '#kernel';
import type { RequestEvent, RequestSpec } from '#runtime';
import { dutyStep } from '../published/index.js';
import { requests } from './portfolio.evolve.js';
import { sourcesOf, type Existing } from './portfolio.state.js';
import type { Duty, StagePlan } from './stage-plan.js';

const dutiesOf = (state: Existing, plan: StagePlan): readonly Duty[] => plan.after?.(sourcesOf(state)) ?? [];

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
