import type { ReadModels } from '../database/read-models.js';
import { groups } from '../groups.js';
import { checkpointsOf, type Checkpoint } from './claim.js';
import { named } from './names.js';

/** Where one view stands. `position`: it holds every event up to here. `version`: of its rows, whatever the code's is. */
export interface ProjectionStatus {
  readonly name: string;
  readonly group: string;
  readonly version: number;
  readonly position: number;
  /** Events that it could not take in. */
  readonly parked: number;
  readonly rebuild: RebuildStatus | null;
  /** The rows of before the last switch. */
  readonly kept: { readonly version: number; readonly position: number } | null;
}

/** Rows that are built beside. They came from position `from` to `position` since `since` (ms since the epoch; null: not begun). */
export interface RebuildStatus {
  readonly version: number;
  readonly position: number;
  readonly from: number;
  readonly since: number | null;
  /** Why it does not go on; it is tried again. */
  readonly trouble: string | null;
}

/** Every view that has begun, group by group. */
export async function listProjections(models: ReadModels): Promise<readonly ProjectionStatus[]> {
  const [rows, parked] = await Promise.all([checkpointsOf(models), parkedCounts(models)]);
  return groups.flatMap(({ name: group, projections }) =>
    projections.flatMap(({ name }) => {
      const of = rowsOf(rows, name);
      if (of.live === undefined) return [];
      const { version, position } = of.live;
      const kept = of.kept ? { version: of.kept.version, position: of.kept.position } : null;
      return [{ name, group, version, position, parked: parked.get(name) ?? 0, rebuild: rebuildOf(of.beside), kept }];
    }),
  );
}

function rowsOf(rows: readonly Checkpoint[], name: string): Partial<Record<'live' | 'beside' | 'kept', Checkpoint>> {
  const own = rows.map((row) => ({ row, ...named(row.projection) })).filter((each) => each.name === name);
  return Object.fromEntries(own.map(({ row, rows: kind }) => [kind, row]));
}

function rebuildOf(row: Checkpoint | undefined): RebuildStatus | null {
  if (row === undefined) return null;
  const { version, position, began_at: since, began_from: from, trouble } = row;
  return { version, position, from: from ?? position, since, trouble };
}

async function parkedCounts({ db }: ReadModels): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('parked')
    .select(['projection', (eb) => eb.fn.countAll().as('count')])
    .groupBy('projection')
    .execute();
  return new Map(rows.map(({ projection, count }) => [projection, Number(count)]));
}
