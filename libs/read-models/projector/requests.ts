import type { Kysely } from 'kysely';
import { patiently } from '../database/patiently.js';
import type { ReadModels } from '../database/read-models.js';
import type { Tables } from '../database/tables.js';
import { makeBeside, takeUpKept } from './beside.js';
import { besideName, keptName, named } from './names.js';
import type { Projection } from './projection.js';

/** What becomes of a wish for other rows. `running`: they are being built already. */
export type Asked = 'begun' | 'running' | 'nothing_kept' | 'other_version';

/**
 * Asks the projector of the group, wherever it runs, to build the rows of a projection anew beside the live ones and to put them in their
 * place. One that runs already goes on. Rows of before that were made by this very version are caught up instead, when the live ones are
 * of another one: somebody has gone back to an earlier program.
 */
export function askForRebuild(models: ReadModels, projection: Projection): Promise<Asked> {
  return patiently(models, async (tx) => {
    if (await has(tx, besideName(projection))) return 'running';
    await forget(tx, projection.name, (rows) => rows === 'beside');
    const live = await rowOf(tx, projection.name);
    if (live.version !== projection.version && (await has(tx, keptName(projection)))) await goBack(tx, projection);
    else {
      await makeBeside(tx, projection);
      const row = { projection: besideName(projection), version: projection.version, log_id: live.log_id, position: 0 };
      await tx.insertInto('checkpoints').values(row).execute();
    }
    return 'begun';
  });
}

/** Asks for the rows of before: they are caught up beside the live ones, and change places with them. */
export function askForRevert(models: ReadModels, projection: Projection): Promise<Asked> {
  return patiently(models, async (tx) => {
    if (await has(tx, besideName(projection))) return 'running';
    const names = await checkpointNames(tx, projection.name, (rows) => rows === 'kept');
    if (names.length === 0) return 'nothing_kept';
    if (!names.includes(keptName(projection))) return 'other_version';
    await goBack(tx, projection);
    return 'begun';
  });
}

async function goBack(tx: Kysely<Tables>, projection: Projection): Promise<void> {
  await takeUpKept(tx, projection);
  const [from, to] = [keptName(projection), besideName(projection)];
  await tx.updateTable('checkpoints').set({ projection: to }).where('projection', '=', from).execute();
  await tx.updateTable('parked_beside').set({ projection: to }).where('projection', '=', from).execute();
}

/** Deletes checkpoints of a projection and their parked events. */
export async function forget(tx: Kysely<Tables>, name: string, which: Which): Promise<void> {
  for (const each of await checkpointNames(tx, name, which)) {
    await tx.deleteFrom('checkpoints').where('projection', '=', each).execute();
    for (const parked of ['parked', 'parked_beside'] as const)
      await tx.deleteFrom(parked).where('projection', '=', each).execute();
  }
}

type Which = (rows: 'live' | 'beside' | 'kept') => boolean;

async function checkpointNames(tx: Kysely<Tables>, name: string, which: Which): Promise<readonly string[]> {
  const all = (await tx.selectFrom('checkpoints').select('projection').execute()).map(({ projection }) => projection);
  return all.filter((each) => named(each).name === name && which(named(each).rows));
}

const rowOf = (tx: Kysely<Tables>, projection: string) =>
  tx.selectFrom('checkpoints').selectAll().where('projection', '=', projection).executeTakeFirstOrThrow();

async function has(tx: Kysely<Tables>, projection: string): Promise<boolean> {
  const found = tx.selectFrom('checkpoints').select('projection').where('projection', '=', projection);
  return (await found.executeTakeFirst()) !== undefined;
}
