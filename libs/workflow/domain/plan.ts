import { Refusal } from '#kernel';
import type { WorkflowDefinition } from './definition.js';
import type { Node } from './node.js';
import type { PlanContext, PlannedEffect, StepPlan } from './plan.types.js';
import type { Data } from './process.state.js';

export interface PlannedStep {
  readonly key: string;
  readonly name: string;
  readonly effects: readonly PlannedEffect[];
}
export interface Plan {
  readonly workflow: string;
  readonly steps: readonly PlannedStep[];
  /** As it would be at the end. */
  readonly state: Data;
}

/**
 * What a run of the definition would do, step by step. Refusal `cannot_plan` 422 naming the first step that does not say what it would do.
 */
export async function planWorkflow(
  { key, steps }: WorkflowDefinition,
  input: Data,
  context: PlanContext,
): Promise<Plan> {
  const planned: PlannedStep[] = [];
  let state = input;
  for (const node of steps) {
    const { effects = [], adds = {} } = await stepPlan(node, state, context);
    planned.push({ key: node.key, name: 'name' in node ? node.name : node.key, effects });
    state = { ...state, ...adds };
  }
  return { workflow: key, steps: planned, state };
}

function stepPlan(node: Node, state: Data, context: PlanContext): Promise<StepPlan> | StepPlan {
  if (node.kind !== 'step' || node.plan === undefined)
    throw new Refusal('cannot_plan', 422, `step ${node.key} does not say what it would do`, { step: node.key });
  const known = node.reads.filter((name) => state[name] !== undefined).map((name) => [name, state[name]] as const);
  return node.plan(Object.fromEntries(known) as never, context);
}
