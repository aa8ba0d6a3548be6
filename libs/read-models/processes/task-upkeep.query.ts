import { isEnd, PROCESS_STATUSES, type ProcessWireStatus } from '#workflow/published';
import type { ReadModels } from '../database/read-models.js';

const ENDED = (Object.keys(PROCESS_STATUSES) as ProcessWireStatus[]).filter(isEnd);
/** Stopped by a failure that may be one of a system outside. */
const STOPPED: readonly ProcessWireStatus[] = ['failed', 'api_unavailable'];

const ended = ({ db }: ReadModels, before: number) =>
  db
    .selectFrom('processes')
    .where('hidden', '=', 0)
    .where('is_task', '=', 1)
    .where('last_status', 'in', ENDED)
    .where('updated_at', '<', before);

/** Tasks that ended before a time (ms since the epoch) and are in the lists, oldest first. */
export async function endedTasks(models: ReadModels, before: number, limit: number): Promise<readonly string[]> {
  const rows = await ended(models, before).select('id').orderBy('updated_at').orderBy('id').limit(limit).execute();
  return rows.map(({ id }) => id);
}

export async function countEndedTasks(models: ReadModels, before: number): Promise<number> {
  const { count } = await ended(models, before)
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Processes that a failure has stopped, those that wait longest first. */
export async function stoppedProcesses({ db }: ReadModels, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('processes')
    .select('id')
    .where('hidden', '=', 0)
    .where('last_status', 'in', STOPPED)
    .orderBy('updated_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}
