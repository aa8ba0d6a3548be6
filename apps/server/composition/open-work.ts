import type { WorkGroups } from '#event-store';
import type { Clock } from '#kernel';
import type { Config, Metrics } from '#platform';
import { contendForTimerLock, type TimerLock } from '#read-models';
import { WorkTaker, type Runtime } from '#runtime';
import type { Logger } from 'pino';
import { requireWorkGroup, WORK_GROUP } from './work-group.js';

/** True for a worker that is, or may be, one of several. */
export const isOneOfSeveral = ({ roles, readModels }: Config): boolean =>
  roles.includes('worker') && readModels !== 'sqlite';

/** The lock of the worker that drives what is overdue; throws when the group that work comes from is not set up. */
export async function openTimers(config: Config, groups: WorkGroups): Promise<TimerLock> {
  await requireWorkGroup(groups);
  return contendForTimerLock(config.readModels);
}

interface Given {
  readonly groups: WorkGroups;
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** This worker's share of the messages; not begun. */
export function openWorkTaker({ groups, runtime, clock, metrics, logger }: Given): WorkTaker {
  return new WorkTaker({
    feed: groups.feed(WORK_GROUP),
    wake: (stream) => runtime.wake(stream),
    clock,
    observe: (taken, stream, error) => {
      metrics.workMessages.inc({ taken });
      if (taken === 'failed')
        logger.warn({ stream, err: error }, 'could not be carried on here; its message is given back');
    },
  });
}
