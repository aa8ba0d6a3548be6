import { countOpenWork } from '#read-models';
import type { Parts } from '../composition/parts.js';
import { WORK_GROUP } from '../composition/work-group.js';

/** Brings up to date what is only known by looking; called before the meters are read. */
export async function measure(parts: Parts): Promise<void> {
  const { metrics, runtime, store, projector, readModels, trouble } = parts;
  const { held, effects } = runtime.figures;
  metrics.held.set(held);
  metrics.effectsInFlight.set(effects);
  metrics.logAway.set(trouble() === undefined ? 0 : 1);
  if (trouble() === undefined) {
    metrics.projectionLag.set(Math.max(0, (await store.head()) - projector.position()));
    await measureWork(parts);
  }
  const open = await countOpenWork(readModels);
  metrics.worklistOpen.reset();
  for (const [category, count] of Object.entries(open)) metrics.worklistOpen.set({ category }, count);
}

async function measureWork({ metrics, groups, keepsTime }: Parts): Promise<void> {
  if (keepsTime() === undefined) return;
  metrics.keepsTime.set(keepsTime() ? 1 : 0);
  metrics.workParked.set((await groups?.info(WORK_GROUP))?.parked ?? 0);
}
