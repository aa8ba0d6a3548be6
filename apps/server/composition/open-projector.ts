import { availableParallelism } from 'node:os';
import type { EventLog } from '#event-store';
import {
  projections,
  startProjector,
  superviseProjector,
  watchProjector,
  ProjectorThread,
  type Projector,
  type ProjectorSignals,
  type ReadModels,
} from '#read-models';
import type { Config } from '#platform';
import type { Logger } from 'pino';
import type { Closing } from './closing.js';
import type { ProjectorData } from './projector.worker.js';

interface Given {
  readonly log: EventLog;
  readonly readModels: ReadModels;
  readonly logger: Logger;
  readonly config: Config;
  /** One id per process start. */
  readonly owner: string;
  readonly acceptLoss: boolean;
  /** Of the embedded log. */
  readonly commits?: SharedArrayBuffer;
}

const WORKER = new URL('./projector.worker.js', import.meta.url);

/**
 * Starts the projector, in a thread of its own where there is a second core. While the thread loads its code the views are brought
 * up to date here. It is begun again whenever it ends unasked.
 */
export async function openProjector(given: Given, closing: Closing): Promise<Projector> {
  const { logger } = given;
  const stopped = new AbortController();
  const projector = await superviseProjector({
    start: startFor(given, closing),
    signal: stopped.signal,
    onFailure: (error) => logger.error({ err: error }, 'the projector has stopped and will be started again'),
  });
  closing.add(async () => {
    stopped.abort();
    await projector.done;
  });
  return projector;
}

type Start = (signals: ProjectorSignals) => Promise<Projector>;

/** A process without the projector role follows what others project; a thread pays where log and views are files. */
function startFor({ log, readModels, config, owner, acceptLoss, commits }: Given, closing: Closing): Start {
  if (!config.roles.includes('projector')) return async (signals) => watchProjector({ readModels, ...signals });
  const decode = log.decode.bind(log);
  const here: Start = (signals) =>
    startProjector({ store: log.store, decode, readModels, projections, owner, ...signals });
  if (commits === undefined || availableParallelism() === 1) return here;
  const { dataDir: directory, vaultKey } = config;
  return inThread({ directory, vaultKey, acceptLoss, owner, commits }, here, closing);
}

function inThread(data: ProjectorData, here: Start, closing: Closing): Start {
  const first = new ProjectorThread(WORKER, data);
  closing.add(() => first.stop());
  const load = first.loaded.catch(() => {});
  let starts = 0;
  return (signals) => {
    if (++starts > 1) return (starts === 2 ? first : new ProjectorThread(WORKER, data)).start(signals);
    const loaded = new AbortController();
    void load.then(() => loaded.abort());
    return here({ ...signals, signal: AbortSignal.any([signals.signal, loaded.signal]) });
  };
}
