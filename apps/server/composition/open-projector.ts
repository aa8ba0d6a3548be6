import { availableParallelism } from 'node:os';
import type { EventLog } from '#event-store';
import {
  groups,
  startProjector,
  superviseProjector,
  watchProjector,
  ProjectorThread,
  type ProjectionGroup,
  type Projector,
  type ProjectorSignals,
  type ReadModels,
} from '#read-models';
import type { Config } from '#platform';
import type { Logger } from 'pino';
import type { Closing } from './closing.js';
import { projectorId } from './projector-id.js';
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
 * Starts the projector of every group, in a thread of their own where there is a second core. While the thread loads its code the views
 * are brought up to date here. Each is begun again whenever it ends unasked.
 */
export async function openProjectors(given: Given, closing: Closing): Promise<ReadonlyMap<string, Projector>> {
  const { logger } = given;
  const startFor = starter(given, closing);
  const projectors = new Map<string, Projector>();
  for (const group of groups) {
    const stopped = new AbortController();
    const projector = await superviseProjector({
      start: startFor(group),
      signal: stopped.signal,
      onFailure: (err) =>
        logger.error({ err, group: group.name }, 'the projector has stopped and will be started again'),
    });
    closing.add(async () => {
      stopped.abort();
      await projector.done;
    });
    projectors.set(group.name, projector);
  }
  return projectors;
}

type Start = (signals: ProjectorSignals) => Promise<Projector>;
type StartFor = (group: ProjectionGroup) => Start;

/** A process without the projector role follows what others project; a thread pays where log and views are files. */
function starter({ log, readModels, config, owner, acceptLoss, commits }: Given, closing: Closing): StartFor {
  if (!config.roles.includes('projector'))
    return ({ projections }) =>
      async (signals) =>
        watchProjector({ readModels, projections, ...signals });
  const given = { store: log.store, decode: log.decode.bind(log), readModels };
  const here: StartFor =
    ({ name, projections, pauseMs }) =>
    (signals) =>
      startProjector({ ...given, projections, pauseMs, owner: projectorId(owner, name), ...signals });
  if (commits === undefined || availableParallelism() === 1) return here;
  const { dataDir: directory, vaultKey } = config;
  return inThread({ directory, vaultKey, acceptLoss, owner, commits }, here, closing);
}

function inThread(data: ProjectorData, here: StartFor, closing: Closing): StartFor {
  let thread = new ProjectorThread(WORKER, data);
  closing.add(() => thread.stop());
  const loaded = new AbortController();
  void thread.loaded.catch(() => {}).then(() => loaded.abort());
  return (group) => {
    let begun = false;
    return (signals) => {
      if (begun) {
        if (thread.ended) thread = new ProjectorThread(WORKER, data);
        return thread.start(group.name, signals);
      }
      begun = true;
      return here(group)({ ...signals, signal: AbortSignal.any([signals.signal, loaded.signal]) });
    };
  };
}
