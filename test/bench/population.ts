import type { EventMetadata, RecordedEvent } from '#event-store';
import { position, revision } from '#event-store';
import { loadConfig } from '#platform';
import { openReadModels, projections } from '#read-models';
import { openParts } from '../../apps/server/composition/open-parts.js';
import { appendAll, CATEGORIES, type Category } from './population.events.js';

/** Streams of one transaction. */
const BATCH = 2_000;

/**
 * Fills the views of a directory that no server has open with `count` things of each category, along the path of the projector (fold, documents, rows,
 * search index), but from events that are in no log. Answers how long it took, ms.
 */
export async function fillViews(directory: string, count: number, categories: readonly Category[]): Promise<number> {
  const began = performance.now();
  const models = await openReadModels({ directory });
  for (const category of categories) {
    const { stream, events } = CATEGORIES[category];
    const runs = projections.filter((each) => each.name === category).map((each) => each.begin());
    for (let n = 0; n < count; n++) {
      events(n).forEach((event, at) => {
        const recorded = recordedAt(stream(n), at, { ...event, time: n });
        for (const run of runs) run.add(recorded);
      });
      if ((n + 1) % BATCH === 0 || n + 1 === count)
        await models.views.apply({ owner: '', advances: [], changes: runs.flatMap((run) => run.flush()) });
    }
  }
  await models.close();
  return performance.now() - began;
}

/** The same things in the log, from which the views follow by themselves; both are complete when it answers. ms. */
export async function fillLog(directory: string, count: number): Promise<number> {
  const began = performance.now();
  const { log, store, projector, close } = await openParts(
    loadConfig({ PURVEYOR_DATA_DIR: directory, PURVEYOR_LOG_LEVEL: 'error' }),
  );
  await appendAll(log, count);
  await projector.waitFor(await store.head(), 1_800_000);
  await close();
  return performance.now() - began;
}

function recordedAt(
  stream: string,
  at: number,
  { type, data, time }: { readonly type: string; readonly data: object; readonly time: number },
): RecordedEvent {
  const metadata = { time: 1_700_000_000_000 + time, actor: 'bench', tenant: 'default' } as EventMetadata;
  const id = `${stream}/${at}`;
  return { id, stream, revision: revision(at), position: position(1), type, data, metadata };
}
