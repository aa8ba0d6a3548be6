import { WORK_GROUP } from '../composition/work-group.js';
import { UsageError, type SubCommand } from './command.js';
import { withGroups } from './with-groups.js';

const LIMIT = 1_000;

/** Messages that workers gave back too often: one line each, oldest first, or delivered again. */
export const parkedCommand: SubCommand = {
  usage: '[replay]',
  meaning: 'lists the parked messages of the worker group, or delivers them again',
  run([what, ...more]) {
    if (more.length > 0 || (what !== undefined && what !== 'replay'))
      throw new UsageError('parked takes nothing, or replay.');
    return what === 'replay' ? replay() : list();
  },
};

async function list(): Promise<number> {
  const parked = await withGroups((groups) => groups.parked(WORK_GROUP, LIMIT));
  for (const { stream, revision, reason, parkedAt } of parked)
    process.stdout.write(`${new Date(parkedAt).toISOString()} ${stream}@${revision} ${reason}\n`);
  process.stderr.write(`${parked.length} parked\n`);
  return 0;
}

async function replay(): Promise<number> {
  await withGroups((groups) => groups.replayParked(WORK_GROUP));
  process.stderr.write('parked messages are being delivered again\n');
  return 0;
}
