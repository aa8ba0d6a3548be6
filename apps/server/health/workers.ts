import { Degraded } from '#platform';
import type { Work } from '../composition/join-workers.js';
import { WORK_GROUP } from '../composition/work-group.js';

/** Overdue work is driven without the group, so its absence degrades and never fails. Undefined where there is none, or nothing is known yet. */
export function workers(work: Pick<Work, 'group' | 'trouble' | 'keepsTime'> | undefined): string | undefined {
  const why = work?.trouble();
  if (why !== undefined) throw new Degraded(`the group ${WORK_GROUP} is not seen: ${why}`);
  const group = work?.group();
  if (work === undefined || group === undefined) return undefined;
  if (group === null)
    throw new Degraded(`the group ${WORK_GROUP} is gone: run setup; overdue work is driven meanwhile`);
  if (group.parked > 0) throw new Degraded(`${group.parked} parked messages: see \`main.js parked\``);
  return `${group.workers} workers${work.keepsTime() ? ', this one keeps the time' : ''}`;
}
