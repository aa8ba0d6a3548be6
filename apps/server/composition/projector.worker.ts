import { parentPort, workerData } from 'node:worker_threads';
import { decodingOnce, EventLog, openLogReader } from '#event-store';
import { groups, openReadModels, serveProjectors, startProjector } from '#read-models';
// Alone: the whole platform takes longer to load than everything else here.
import { openSubjectKeyReader } from '../../../libs/platform/vault/subject-key-reader.js';
import { eventRegistry } from './event-types.js';
import { projectorId } from './projector-id.js';

/** What the projectors' thread opens for itself; nothing that is open can be handed to another thread. */
export interface ProjectorData {
  readonly directory: string;
  readonly vaultKey: Uint8Array;
  readonly acceptLoss: boolean;
  /** One id per process start. */
  readonly owner: string;
  /** Of the embedded log that the starting thread has open. */
  readonly commits: SharedArrayBuffer;
}

/** Events; half of what one read brings. */
const BACKLOG = 2_000;

const { directory, vaultKey, acceptLoss, commits, owner } = workerData as ProjectorData;

serveProjectors(parentPort!, async () => {
  const store = openLogReader({ directory, commits });
  const keys = openSubjectKeyReader({ directory, key: vaultKey });
  const readModels = await openReadModels({ directory, acceptLoss });
  const log = new EventLog(store, eventRegistry(), keys);
  const given = { store, decode: decodingOnce((stored) => log.decode(stored)), readModels, backlog: BACKLOG };
  return {
    start(group, signals) {
      const { projections, pauseMs } = groups.find(({ name }) => name === group)!;
      return startProjector({ ...given, projections, pauseMs, owner: projectorId(owner, group), ...signals });
    },
    async close() {
      await readModels.close();
      keys.close();
      await store.close();
    },
  };
});
