import type { Kysely } from 'kysely';
import { position, type EventStore, type StoredEvent } from '#event-store';
import { FORGOTTEN, SUBJECT } from '#privacy/published';
import type { ReadModels } from '../database/read-models.js';
import type { Tables } from '../database/tables.js';
import { dropKept } from './beside.js';
import { checkpointsOf } from './claim.js';
import type { Projection } from './projection.js';
import { forget } from './requests.js';

/** Who hears that a person was forgotten has rows to erase. */
export const holdsPersonal = ({ categories }: Projection): boolean => categories?.includes(SUBJECT) ?? false;

/** Whether a person was forgotten, so that some rows of these projections are to be erased. */
export const forgets = (projections: readonly Projection[], events: readonly StoredEvent[]): boolean =>
  projections.some(holdsPersonal) && tellForgetting(events);

const tellForgetting = (events: readonly StoredEvent[]): boolean => events.some(({ type }) => type === FORGOTTEN);

/** Nobody writes rows of before, so those of a forgotten person would stay in them: there is no way back to them any more. */
export async function dropRowsOfPersons(tx: Kysely<Tables>, projections: readonly Projection[]): Promise<void> {
  for (const projection of projections.filter(holdsPersonal)) {
    await dropKept(tx, projection);
    await forget(tx, projection.name, (rows) => rows === 'kept');
  }
}

/** Whether its live rows stood still while a person was forgotten, who is in them for ever. `to`: where the rows beside are. */
export async function standsOnPersons(
  models: ReadModels,
  store: EventStore,
  projection: Projection,
  to: number,
): Promise<boolean> {
  if (!holdsPersonal(projection)) return false;
  const rows = await checkpointsOf(models, [projection]);
  const { position: at } = rows.find((row) => row.projection === projection.name)!;
  return anyForgotten(store, Number(at), to);
}

async function anyForgotten(store: EventStore, after: number, to: number): Promise<boolean> {
  const filter = { streamPrefixes: [`${SUBJECT}-`] };
  for (let from = after, end = false; !end && from < to;) {
    const page = await store.readAll({ after: position(from), filter });
    if (tellForgetting(page.events)) return true;
    ({ next: from, end } = page);
  }
  return false;
}
