import { revision } from '#event-store';
import { Checkpoints } from './checkpoints.js';
import { letGo } from './claim.js';
import type { Projector, ProjectorOptions } from './projector.types.js';
import { RunningProjector } from './running.js';
import { watchProjector } from './watching.js';

/**
 * Starts the one projector of these read models, or, while another process has them, one that follows it: that one ends when it has
 * taken over, and is to be started again. Throws a StoreError when the log has lost acknowledged events or is another log
 * (see `acceptLoss`). Views whose version changed are rebuilt beside the live ones and switched when they have caught up.
 */
export async function startProjector(options: ProjectorOptions): Promise<Projector> {
  const { store, readModels, projections, owner } = options;
  const checkpoints = new Checkpoints(readModels, store.logId, owner);
  if (!(await checkpoints.claim(projections))) return watchProjector({ ...options, takeOverFor: owner });
  try {
    const parked = await knowsParked(options);
    const running = await checkpoints.open(projections, store, (projection) => parked && !projection.metadataOnly);
    return new RunningProjector(options, checkpoints, running);
  } catch (error) {
    if (readModels.shared) await letGo(readModels, owner).catch(() => {});
    throw error;
  }
}

/** True when an event that was unknown when it came has its code now (law 8): views that parked it are then rebuilt. */
async function knowsParked({ store, decode, readModels }: ProjectorOptions): Promise<boolean> {
  const rows = await readModels.db
    .selectFrom('parked')
    .select(['stream', 'type', (eb) => eb.fn.min('revision').as('revision')])
    .where('kind', '=', 'unknown')
    .groupBy(['stream', 'type'])
    .limit(1_000)
    .execute();
  for (const row of rows) {
    const page = await store.readStream(row.stream, { from: revision(Number(row.revision)), limit: 1 });
    try {
      if (page.events[0] && decode(page.events[0])) return true;
    } catch {
      continue;
    }
  }
  return false;
}
