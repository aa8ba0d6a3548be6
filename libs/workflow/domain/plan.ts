import { Refusal } from '#kernel';
import type { WorkflowDefinition } from './definition.js';
import type { Node } from './node.js';
import type { Data } from './process.state.js';

/** Something that would be done outside. */
export interface PlannedEffect {
  /** Where, as people call it. */
  readonly system: string;
  readonly action: string;
  /** What is otherwise there now, in the words of a validation. */
  readonly differences?: readonly object[];
}

/** What a step would do. Making it reads only: nothing is sent that changes anything, nothing is written. */
export interface StepPlan<A = object> {
  readonly effects?: readonly PlannedEffect[];
  /** What the steps behind it would find in the state. */
  readonly adds?: A;
}

/** What a step may ask to say what it would do. */
export interface PlanContext {
  /** State of another stream as it is now. */
  load<S>(stream: string): Promise<S>;
  readonly signal: AbortSignal;
}

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
