import type { WorkGroupInfo, WorkGroups } from '#event-store';
import type { Clock } from '#kernel';
import type { Config, Metrics } from '#platform';
import { contendForTimerLock } from '#read-models';
import { WorkTaker, type Runtime } from '#runtime';
import type { Logger } from 'pino';
import type { Closing } from './closing.js';
import { Watch } from './watch.js';
import { requireWorkGroup, WORK_GROUP } from './work-group.js';

const LOOK_MS = 2_000;

/** What a worker that is, or may be, one of several has beside its runner. */
export interface Work {
  /** Whether it is this one that drives what is overdue. */
  keepsTime(): boolean;
  /** The group as it was last seen: undefined when that is not known yet, null when it is gone. */
  group(): WorkGroupInfo | null | undefined;
  /** Why that is old; undefined while the group is seen. */
  trouble(): string | undefined;
  /** Begins to take messages. */
  begin(runtime: Runtime): void;
  stop(): Promise<void>;
}

interface Given {
  readonly config: Config;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Undefined for a process that is no worker or surely the only one. Throws when the group that work comes from is not set up. */
export async function joinWorkers(
  { config, clock, metrics, logger }: Given,
  groups: WorkGroups | undefined,
  closing: Closing,
): Promise<Work | undefined> {
  if (groups === undefined || config.readModels === 'sqlite' || !config.roles.includes('worker')) return undefined;
  await requireWorkGroup(groups);
  const lock = contendForTimerLock(config.readModels);
  closing.add(() => lock.close());
  const watch = new Watch(async () => (await groups.info(WORK_GROUP)) ?? null, clock, LOOK_MS);
  closing.add(() => watch.stop());
  let taker: WorkTaker | undefined;
  return {
    keepsTime: () => lock.held(),
    group: () => watch.latest,
    trouble: () => watch.trouble(),
    begin(runtime) {
      const wake = (stream: string) => runtime.wake(stream);
      const feed = groups.feed(WORK_GROUP);
      taker = new WorkTaker({ feed, wake, clock, observe: observing(metrics, logger) });
      taker.begin();
    },
    stop: async () => void (await Promise.all([taker?.stop(), lock.close()])),
  };
}

const observing =
  (metrics: Metrics, logger: Logger) =>
  (taken: 'unread' | 'woken' | 'failed', stream: string, error?: unknown): void => {
    metrics.workMessages.inc({ taken });
    if (taken === 'failed')
      logger.warn({ stream, err: error }, 'could not be carried on here; its message is given back');
  };
