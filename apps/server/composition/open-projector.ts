import { availableParallelism } from 'node:os';
import type { EventLog } from '#event-store';
import {
  projections,
  startProjector,
  startProjectorThread,
  superviseProjector,
  type Projector,
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

/** Starts the projector, in a thread of its own where there is a second core; it is begun again whenever it ends unasked. */
export async function openProjector({ log, readModels, logger, data }: Given, closing: Closing): Promise<Projector> {
  const stopped = new AbortController();
  const decode = log.decode.bind(log);
  const projector = await superviseProjector({
    start: (given) =>
      availableParallelism() > 1
        ? startProjectorThread(new URL('./projector.worker.js', import.meta.url), data, given)
        : startProjector({ store: log.store, decode, readModels, projections, owner: data.owner, ...given }),
    signal: stopped.signal,
    onFailure: (error) => logger.error({ err: error }, 'the projector has stopped and will be started again'),
  });
  closing.add(async () => {
    stopped.abort();
    await projector.done;
  });
  return projector;
}
