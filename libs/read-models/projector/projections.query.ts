import type { ReadModels } from '../database/read-models.js';
import { groups } from '../groups.js';
import { checkpointsOf } from './claim.js';

/** Where one view stands. `position`: it holds every event up to here. `version`: of its rows, whatever the code's is. */
export interface ProjectionStatus {
  readonly name: string;
  readonly group: string;
  readonly version: number;
  readonly position: number;
  /** Events that it could not take in. */
  readonly parked: number;
}

/** Every view that has begun, group by group. */
export async function listProjections(models: ReadModels): Promise<readonly ProjectionStatus[]> {
  const [rows, parked] = await Promise.all([checkpointsOf(models), parkedCounts(models)]);
  return groups.flatMap(({ name: group, projections }) =>
    projections.flatMap(({ name }) => {
      const row = rows.find(({ projection }) => projection === name);
      return row ? [{ name, group, version: row.version, position: row.position, parked: parked.get(name) ?? 0 }] : [];
    }),
  );
}

async function parkedCounts({ db }: ReadModels): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('parked')
    .select(['projection', (eb) => eb.fn.countAll().as('count')])
    .groupBy('projection')
    .execute();
  return new Map(rows.map(({ projection, count }) => [projection, Number(count)]));
}
