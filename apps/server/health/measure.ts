import { countOpenWork } from '#read-models';
import type { Parts } from '../composition/parts.js';

/** Brings up to date what is only known by looking; called before the meters are read. */
export async function measure({ metrics, runtime, store, projector, readModels }: Parts): Promise<void> {
  const { held, effects } = runtime.figures;
  metrics.held.set(held);
  metrics.effectsInFlight.set(effects);
  metrics.projectionLag.set(Math.max(0, (await store.head()) - projector.position()));
  const open = await countOpenWork(readModels);
  metrics.worklistOpen.reset();
  for (const [category, count] of Object.entries(open)) metrics.worklistOpen.set({ category }, count);
}
