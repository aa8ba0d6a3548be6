import { countProcesses, processIds, type ReadModels } from '#read-models';
import { isEnd, PROCESS_STATUSES, type RunFacts } from '#workflow';

const UNCOMPLETED = (Object.keys(PROCESS_STATUSES) as (keyof typeof PROCESS_STATUSES)[]).filter((each) => !isEnd(each));

/** What a run predicate may ask, as the views have it. */
export const runFacts = (readModels: ReadModels, workflow: string, actor: string): RunFacts => ({
  workflow,
  actor,
  uncompleted: async (of) => (await processIds(readModels, { statuses: UNCOMPLETED, workflow: of })).length,
  awaitingCallbacks: async () => {
    const { process_counts, task_counts } = await countProcesses(readModels);
    return (process_counts['awaiting_callback'] ?? 0) + (task_counts['awaiting_callback'] ?? 0);
  },
});
