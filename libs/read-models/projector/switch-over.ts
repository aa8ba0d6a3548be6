import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.js';
import { SecondProjector } from '../database/view-store.js';
import { keepBeside } from './beside.js';
import { exchangeRows } from './exchange.js';
import { besideName, keptName } from './names.js';
import type { Projection } from './projection.js';
import { forget } from './requests.js';

/**
 * Puts what was built in the place of the live rows, inside a transaction, and keeps those as the rows of before. Both hold every event up to
 * `at`, unless the live ones stood still. {@link SecondProjector} when `owner` has lost its claim. Checkpoints come last: while they are locked
 * the owner cannot show that it lives, and rows may take long.
 */
export async function switchOver(tx: Kysely<Tables>, projection: Projection, owner: string, at: number): Promise<void> {
  await exchangeRows(tx, projection);
  await keepBeside(tx, projection);
  await exchangeCheckpoints(tx, projection, owner, at);
}

async function exchangeCheckpoints(tx: Kysely<Tables>, projection: Projection, owner: string, at: number) {
  const { name, version } = projection;
  const ours = tx.selectFrom('checkpoints').selectAll().where('projection', '=', name).where('owner', '=', owner);
  const before = await ours.executeTakeFirst();
  const moved = tx.updateTable('checkpoints').set({ version, position: at }).where('projection', '=', name);
  const { numUpdatedRows } = await moved.where('owner', '=', owner).executeTakeFirstOrThrow();
  if (before === undefined || numUpdatedRows !== 1n) throw new SecondProjector(name);
  await forget(tx, name, (rows) => rows === 'kept');
  const beside = besideName(projection);
  const kept = keptName({ name, version: before.version });
  await tx.deleteFrom('checkpoints').where('projection', '=', beside).execute();
  const { log_id, position } = before;
  await tx.insertInto('checkpoints').values({ projection: kept, version: before.version, log_id, position }).execute();
  await moveParked(tx, ['parked', name], ['parked_beside', kept]);
  await moveParked(tx, ['parked_beside', beside], ['parked', name]);
}

type Place = readonly [table: 'parked' | 'parked_beside', projection: string];

async function moveParked(tx: Kysely<Tables>, [from, of]: Place, [to, projection]: Place): Promise<void> {
  const rest = ['stream', 'revision', 'type', 'position', 'kind', 'reason'] as const;
  const rows = tx.selectFrom(from).where('projection', '=', of);
  const moved = rows.select((eb) => [eb.val(projection).as('projection'), ...rest]);
  await tx
    .insertInto(to)
    .columns(['projection', ...rest])
    .expression(moved)
    .execute();
  await tx.deleteFrom(from).where('projection', '=', of).execute();
}
