import { countOpenWork } from '#read-models';
import type { Parts } from '../composition/parts.js';

/** Brings up to date what is only known by looking; called before the meters are read. What cannot be asked keeps its last value. */
export async function measure(parts: Parts): Promise<void> {
  const { metrics, runtime, trouble, work } = parts;
  const { held, effects } = runtime.figures;
  metrics.held.set(held);
  metrics.effectsInFlight.set(effects);
  metrics.enginePaused.set(runtime.paused ? 1 : 0);
  metrics.logAway.set(trouble() === undefined ? 0 : 1);
  for (const [group, { age }] of parts.views.groups) metrics.projectionLagSeconds.set({ group }, age.ms() / 1_000);
  metrics.keepsTime.set(work?.keepsTime() ? 1 : 0);
  metrics.workParked.set(work?.group()?.parked ?? 0);
  await Promise.allSettled([measureLag(parts), measureOpen(parts)]);
}

async function measureLag({ metrics, store, views, trouble }: Parts): Promise<void> {
  if (trouble() !== undefined) return;
  const head = await store.head();
  for (const [group, { projector }] of views.groups)
    metrics.projectionLag.set({ group }, Math.max(0, head - projector.position()));
}

async function measureOpen({ metrics, readModels }: Parts): Promise<void> {
  const open = await countOpenWork(readModels);
  metrics.worklistOpen.reset();
  for (const [category, count] of Object.entries(open)) metrics.worklistOpen.set({ category }, count);
}
