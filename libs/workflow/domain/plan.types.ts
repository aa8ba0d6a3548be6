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
