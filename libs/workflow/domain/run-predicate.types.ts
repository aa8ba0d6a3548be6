/** What a predicate may ask about the running system. */
export interface RunFacts {
  readonly workflow: string;
  readonly actor: string;
  /** How many processes of a workflow are neither completed nor aborted. */
  uncompleted(workflow: string): Promise<number>;
  /** How many processes await a callback. */
  awaitingCallbacks(): Promise<number>;
}

/** Says why a workflow may not start now; undefined when it may. */
export type RunPredicate = (facts: RunFacts) => Promise<string | undefined> | string | undefined;
