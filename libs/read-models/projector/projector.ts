import { revision } from '#event-store';
import { Checkpoints } from './checkpoints.js';
import { letGo } from './claim.js';
import type { Projector, ProjectorOptions } from './projector.types.js';
import { RunningProjector } from './running.js';
import { watchProjector } from './watching.js';

/**
 * Starts the one projector of these read models, or, while another process has them, one that follows it: that one ends when it has
 * taken over, and is to be started again. Throws a StoreError when the log has lost acknowledged events or is another log
 * (see `acceptLoss`). Views whose version changed, and those that are asked for, are rebuilt beside the live ones, which they replace when
 * they have caught up.
 */
export async function startProjector(options: ProjectorOptions): Promise<Projector> {
  const { store, readModels, projections, owner } = options;
  const checkpoints = new Checkpoints(readModels, store.logId, owner);
  if (!(await checkpoints.claim(projections))) return watchProjector({ ...options, takeOverFor: owner });
  try {
    const fed = await checkpoints.open(projections, store, await readable(options));
    return new RunningProjector(options, checkpoints, fed);
  } catch (error) {
    if (readModels.shared) await letGo(readModels, owner).catch(() => {});
    throw error;
  }
}

/** The projections that parked an event whose type was unknown when it came and has its code now (law 8): they are rebuilt. */
async function readable({ store, decode, readModels }: ProjectorOptions): Promise<ReadonlySet<string>> {
  const rows = await readModels.db
    .selectFrom('parked')
    .select(['projection', 'stream', 'type', (eb) => eb.fn.min('revision').as('revision')])
    .where('kind', '=', 'unknown')
    .groupBy(['projection', 'stream', 'type'])
    .limit(1_000)
    .execute();
  const names = new Set<string>();
  for (const row of rows) {
    if (names.has(row.projection)) continue;
    const page = await store.readStream(row.stream, { from: revision(Number(row.revision)), limit: 1 });
    try {
      if (page.events[0] && decode(page.events[0])) names.add(row.projection);
    } catch {
      continue;
    }
  }
  return names;
}
