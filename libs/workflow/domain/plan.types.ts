import type { StepContext } from './step-context.js';

/** Something that would be done outside. */
export interface PlannedEffect {
  /** Where, as people call it: a system, or the type of a resource that a provisioner makes. */
  readonly system: string;
  readonly action: string;
  /** What it would be done to, as the other side is told; plain JSON without secrets. */
  readonly target?: object;
  /** What is otherwise there now, in the words of a validation. */
  readonly differences?: readonly object[];
}

/** What a step would do. Making it reads only: nothing is sent that changes anything, nothing is written. */
export interface StepPlan<A = object> {
  readonly effects?: readonly PlannedEffect[];
  /** What the steps behind it would find in the state. */
  readonly adds?: A;
  /** Why it cannot be told what it would add: the plan ends here, and says so. */
  readonly unknown?: string;
}

/**
 * How a step says what it would do. `as_it_runs`: by its handler, which only reads outside and changes nothing but by
 * `context.dispatch`; in a plan that goes to a copy of the streams.
 */
export type Planning<S = never, A = object> =
  'as_it_runs' | ((state: S, context: StepContext) => Promise<StepPlan<A>> | StepPlan<A>);
