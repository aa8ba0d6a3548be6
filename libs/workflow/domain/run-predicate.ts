import { Refusal } from '#kernel';
import type { Compiled } from './compiled.js';
import type { RunFacts, RunPredicate } from './run-predicate.types.js';

/** Refusal `run_predicate_failed` 412 with the predicate's message, before anything is recorded. */
export async function assertMayRun({ definition }: Compiled, facts: RunFacts): Promise<void> {
  const message = await definition.runPredicate?.(facts);
  if (message !== undefined) throw new Refusal('run_predicate_failed', 412, message, { workflow: definition.key });
}

/** At most one at a time. */
export const noUncompletedInstance: RunPredicate = async (facts) =>
  (await facts.uncompleted(facts.workflow)) > 0
    ? `There is already an uncompleted instance of workflow ${facts.workflow}`
    : undefined;

/** Only while somebody waits. */
export const awaitingCallbacksExist: RunPredicate = async (facts) =>
  (await facts.awaitingCallbacks()) === 0 ? 'No process awaits a callback' : undefined;
