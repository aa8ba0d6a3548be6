import type { ReadModels } from '../database/read-models.js';

/** Open and ended ones by status; hidden ones are in neither. */
export interface ProcessCounts {
  readonly process_counts: Readonly<Record<string, number>>;
  readonly task_counts: Readonly<Record<string, number>>;
}

export async function countProcesses({ db }: Pick<ReadModels, 'db'>): Promise<ProcessCounts> {
  const rows = await db
    .selectFrom('processes')
    .select(['last_status', 'is_task', (eb) => eb.fn.countAll<number>().as('count')])
    .where('hidden', '=', 0)
    .groupBy(['last_status', 'is_task'])
    .execute();
  const of = (isTask: boolean) =>
    Object.fromEntries(
      rows.filter((row) => (row.is_task !== 0) === isTask).map((row) => [row.last_status, Number(row.count)]),
    );
  return { process_counts: of(false), task_counts: of(true) };
}

/** Ids of what is in one of these states; `workflow` or `isTask` narrow it. Oldest first. */
export async function processIds(
  { db }: ReadModels,
  only: { readonly statuses: readonly string[]; readonly workflow?: string; readonly isTask?: boolean },
): Promise<readonly string[]> {
  let found = db.selectFrom('processes').select('id').where('hidden', '=', 0).where('last_status', 'in', only.statuses);
  if (only.workflow !== undefined) found = found.where('workflow', '=', only.workflow);
  if (only.isTask !== undefined) found = found.where('is_task', '=', only.isTask ? 1 : 0);
  const rows = await found.orderBy('started_at').orderBy('id').execute();
  return rows.map(({ id }) => id);
}
