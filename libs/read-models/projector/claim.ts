import type { Selectable } from 'kysely';
import type { ReadModels } from '../database/read-models.js';
import type { CheckpointRow } from '../database/tables.js';

export type Checkpoint = Selectable<CheckpointRow>;

/** The projection group: all checkpoints of these read models, in one order. */
export const checkpointsOf = ({ db }: ReadModels): Promise<Checkpoint[]> =>
  db.selectFrom('checkpoints').selectAll().orderBy('projection').execute();

/** Up to where every view is complete: nowhere while one is being rebuilt (see beside.ts). */
export const completeTo = (rows: readonly Pick<Checkpoint, 'projection' | 'position'>[]): number =>
  rows.length === 0 || rows.some((row) => row.projection.includes('@'))
    ? 0
    : Math.min(...rows.map((row) => row.position));

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

/** Shows that the owner lives; false when it has lost its claim. */
export async function beat({ db }: ReadModels, owner: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('checkpoints')
    .set((eb) => ({ beat: eb('beat', '+', 1) }))
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** So that another need not wait until this one has been silent for long. */
export async function letGo({ db }: ReadModels, owner: string): Promise<void> {
  await db.updateTable('checkpoints').set({ owner: '' }).where('owner', '=', owner).execute();
}
