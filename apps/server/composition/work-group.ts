import type { WorkGroups } from '#event-store';

/** The categories whose instances owe effects. A group's filter cannot be changed: another list needs another version in the name. */
const DRIVEN = ['portfolio-', 'process-', 'operation-'];
export const WORK_GROUP = 'workers-v1';

/** Creates the group at the end of the log, or updates its settings. Throws StoreErrors. */
export const setUpWorkGroup = (groups: WorkGroups): Promise<'created' | 'updated'> => groups.setup(WORK_GROUP, DRIVEN);

/** Throws with one line that says what to do when workers cannot take work from the group. */
export async function requireWorkGroup(groups: WorkGroups): Promise<void> {
  const strategy = (await groups.info(WORK_GROUP))?.strategy;
  if (strategy === 'Pinned') return;
  const state = strategy === undefined ? 'does not exist' : `has strategy ${strategy}, not Pinned`;
  throw new Error(`the group ${WORK_GROUP} in EventStoreDB ${state}; run \`node dist/run/server.js setup\` once`);
}
