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
}

export function inputOf({ workflow, version, target, parent }: ProcessCommon, step: string, state: Data): StepInput {
  return parent === undefined
    ? { workflow, version, target, step, state }
    : { workflow, version, target, step, state, root: parent.rootProcessId };
}

export function pick(data: Data, keys: readonly string[]): Data {
  const picked: Record<string, unknown> = {};
  for (const key of keys) if (data[key] !== undefined) picked[key] = data[key];
  return picked;
}
