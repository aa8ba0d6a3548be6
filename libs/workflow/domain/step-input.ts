import type { Owed } from '#kernel';
import type { RequestEvent } from '#runtime';
import type { Data, ProcessCommon } from './process.state.js';

/** Name of the one effect that runs all steps. */
export const STEP_EFFECT = 'workflow-step';

/** Frozen by the intent: what a step's handler gets, whatever happens to the state meanwhile. */
export interface StepInput {
  readonly workflow: string;
  readonly version: number;
  readonly target: string;
  readonly step: string;
  readonly state: Data;
  /** The process whose claim it runs under, where that is another one. */
  readonly root?: string;
  /** The step is to be undone. */
  readonly undo?: true;
  /** Key of the request that is undone. */
  readonly undoes?: string;
  /** Where its code is, if the process was moved after the request had begun. Told with each attempt, never recorded. */
  readonly now?: { readonly version: number; readonly step: string };
}

export function inputOf({ workflow, version, target, parent }: ProcessCommon, step: string, state: Data): StepInput {
  return parent === undefined
    ? { workflow, version, target, step, state }
    : { workflow, version, target, step, state, root: parent.rootProcessId };
}

/** What was frozen stays as it is (law 2), also of a request that has begun under an earlier version. */
export function whereItIs(
  { rare, version }: ProcessCommon,
  step: string,
  owed: readonly Owed<RequestEvent>[],
): readonly Owed<RequestEvent>[] {
  if (rare === undefined) return owed;
  return owed.map((each) => {
    if (each.kind !== 'run' || (each.input as StepInput).version === version) return each;
    return Object.assign({}, each, { input: Object.assign({}, each.input, { now: { version, step } }) });
  });
}

export function pick(data: Data, keys: readonly string[]): Data {
  const picked: Record<string, unknown> = {};
  for (const key of keys) if (data[key] !== undefined) picked[key] = data[key];
  return picked;
}
