import { availableParallelism } from 'node:os';
import type { EventLog } from '#event-store';
import {
  projections,
  startProjector,
  superviseProjector,
  ProjectorThread,
  type Projector,
  type ProjectorSignals,
  type ReadModels,
} from '#read-models';
import type { Logger } from 'pino';
import type { Closing } from './closing.js';
import type { ProjectorData } from './projector.worker.js';

interface Given {
  readonly log: EventLog;
  readonly readModels: ReadModels;
  readonly logger: Logger;
  readonly data: ProjectorData;
}

const WORKER = new URL('./projector.worker.js', import.meta.url);

/**
 * Starts the projector, in a thread of its own where there is a second core. While the thread loads its code the views are brought
 * up to date here. It is begun again whenever it ends unasked.
 */
export async function openProjector({ log, readModels, logger, data }: Given, closing: Closing): Promise<Projector> {
  const here = (given: ProjectorSignals) => {
    const decode = log.decode.bind(log);
    return startProjector({ store: log.store, decode, readModels, projections, owner: data.owner, ...given });
  };
  const stopped = new AbortController();
  const projector = await superviseProjector({
    start: availableParallelism() > 1 ? inThread(data, here, closing) : here,
    signal: stopped.signal,
    onFailure: (error) => logger.error({ err: error }, 'the projector has stopped and will be started again'),
  });
  closing.add(async () => {
    stopped.abort();
    await projector.done;
  });
  return projector;
}

type Start = (given: ProjectorSignals) => Promise<Projector>;

function inThread(data: ProjectorData, here: Start, closing: Closing): Start {
  const first = new ProjectorThread(WORKER, data);
  closing.add(() => first.stop());
  const load = first.loaded.catch(() => {});
  let starts = 0;
  return (given) => {
    if (++starts > 1) return (starts === 2 ? first : new ProjectorThread(WORKER, data)).start(given);
    const loaded = new AbortController();
    void load.then(() => loaded.abort());
    return here({ ...given, signal: AbortSignal.any([given.signal, loaded.signal]) });
  };
}
