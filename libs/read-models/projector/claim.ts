import type { Selectable } from 'kysely';
import type { ReadModels } from '../database/read-models.js';
import type { CheckpointRow } from '../database/tables.js';
import { named } from './names.js';
import type { Projection } from './projection.js';

export type Checkpoint = Selectable<CheckpointRow>;

/** The checkpoints of a group and of its rebuilds, in one order; every one there is where no group is told. */
export async function checkpointsOf({ db }: ReadModels, group?: readonly Projection[]): Promise<Checkpoint[]> {
  const rows = await db.selectFrom('checkpoints').selectAll().orderBy('projection').execute();
  if (group === undefined) return rows;
  const names = new Set(group.map(({ name }) => name));
  return rows.filter(({ projection }) => {
    const { name, rows: kind } = named(projection);
    return kind !== 'kept' && names.has(name);
  });
}

/** Up to where every view is complete. */
export function completeTo(rows: readonly Pick<Checkpoint, 'projection' | 'position'>[]): number {
  const live = rows.filter(({ projection }) => named(projection).rows === 'live');
  return live.length === 0 ? 0 : Math.min(...live.map(({ position }) => position));
}

/** Nobody but `owner` has them. */
export const free = (rows: readonly Checkpoint[], owner: string): boolean =>
  rows.every((row) => row.owner === '' || row.owner === owner);

/** Takes over the checkpoints as they were seen; false when one of them has changed since. */
export function claim({ db }: ReadModels, owner: string, seen: readonly Checkpoint[]): Promise<boolean> {
  const lost = new Error('a checkpoint has changed');
  const take = db.transaction().execute(async (tx) => {
    for (const row of seen) {
      const { numUpdatedRows } = await tx
        .updateTable('checkpoints')
        .set({ owner, beat: row.beat + 1 })
        .where('projection', '=', row.projection)
        .where('owner', '=', row.owner)
        .where('beat', '=', row.beat)
        .where('position', '=', row.position)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows !== 1n) throw lost;
    }
    return true;
  });
  return take.catch((error: unknown) => {
    if (error === lost) return false;
    throw error;
  });
}

/**
 * Shows that the owner of a group lives; false when it has lost its claim. It is shown on one row of the group's: a statement that locks
 * several waits for a batch or a switch-over while they wait for it, and PostgreSQL ends either of the two.
 */
export async function beat({ db }: ReadModels, owner: string, [first]: readonly Projection[]): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('checkpoints')
    .set((eb) => ({ beat: eb('beat', '+', 1) }))
    .where('projection', '=', first!.name)
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** So that another need not wait until this one has been silent for long. */
export async function letGo({ db }: ReadModels, owner: string): Promise<void> {
  await db.updateTable('checkpoints').set({ owner: '' }).where('owner', '=', owner).execute();
}
