import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/tables.js';
import { refillSearch } from '../database/text-search.js';
import { SecondProjector, type TableShape } from '../database/view-store.js';
import type { Projection } from './projection.js';

/** A rebuild's own checkpoint; the version is part of its name, so that an interrupted one of another version is not gone on with. */
export const besideName = ({ name, version }: Projection): string => `${name}@${version}`;

const next = (table: TableShape): TableShape => ({ ...table, name: `${table.name}_next` });

/** The same projection into tables beside the live ones, which queries go on reading meanwhile. */
export function beside(projection: Projection): Projection {
  const tables = projection.tables.map(next);
  const nextOf = (live: TableShape) => tables[projection.tables.indexOf(live)]!;
  const liveOf = (built: TableShape) => projection.tables[tables.indexOf(built)]!;
  return {
    ...projection,
    name: besideName(projection),
    tables,
    begin() {
      const run = projection.begin();
      return {
        missing: (event) => run.missing?.(event).map(({ table, id }) => ({ table: nextOf(table), id })) ?? [],
        hold: (row, table) => run.hold?.(row, liveOf(table)),
        add: (event) => run.add(event),
        flush: () => run.flush().map((change) => ({ ...change, table: nextOf(change.table) })),
        drop: () => run.drop(),
      };
    },
  };
}

/** Makes the tables beside anew, empty. */
export async function makeBeside(tx: Kysely<Tables>, { tables }: Projection): Promise<void> {
  for (const live of tables) {
    const { name, key } = next(live);
    await sql`DROP TABLE IF EXISTS ${sql.table(name)}`.execute(tx);
    await sql`CREATE TABLE ${sql.table(name)} AS SELECT * FROM ${sql.table(live.name)} WHERE 1 = 0`.execute(tx);
    await tx.schema
      .createIndex(`${name}_key`)
      .unique()
      .on(name)
      .columns(key as string[])
      .execute();
  }
}

/** Puts what was built in the place of the live rows. Inside a transaction; {@link SecondProjector} when `owner` has lost its claim. */
export async function switchOver(tx: Kysely<Tables>, projection: Projection, owner: string, at: number): Promise<void> {
  const { name, version, tables } = projection;
  const { numUpdatedRows } = await tx
    .updateTable('checkpoints')
    .set({ version, position: at })
    .where('projection', '=', name)
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw new SecondProjector(name);
  for (const live of tables) {
    const [from, to] = [sql.table(next(live).name), sql.table(live.name)];
    const columns = sql.join(live.columns.map((column) => sql.ref(column)));
    await sql`DELETE FROM ${to}`.execute(tx);
    await sql`INSERT INTO ${to} (${columns}) SELECT ${columns} FROM ${from}`.execute(tx);
    await sql`DROP TABLE ${from}`.execute(tx);
    await refillSearch(tx, live.name);
  }
  await tx.deleteFrom('parked').where('projection', '=', name).execute();
  await tx.updateTable('parked').set({ projection: name }).where('projection', '=', besideName(projection)).execute();
  await tx.deleteFrom('checkpoints').where('projection', '=', besideName(projection)).execute();
}
