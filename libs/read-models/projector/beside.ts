import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/tables.js';
import type { TableShape } from '../database/view-store.js';
import { besideName } from './names.js';
import type { Projection } from './projection.js';

/** Tables of rows that are built. */
export const nextName = (table: string): string => `${table}_next`;
/** Tables of rows of before. */
const keptTable = (table: string): string => `${table}_kept`;
const next = (table: TableShape): TableShape => ({ ...table, name: nextName(table.name) });

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

/** Makes the tables beside anew, empty: with their key and no other index, for they are only written and compared. */
export async function makeBeside(tx: Kysely<Tables>, { tables }: Projection): Promise<void> {
  for (const table of tables) {
    const { name } = next(table);
    await tx.schema.dropTable(name).ifExists().execute();
    await sql`CREATE TABLE ${sql.table(name)} AS SELECT * FROM ${sql.table(table.name)} WHERE 1 = 0`.execute(tx);
    await uniqueKey(tx, table);
  }
}

/** Keeps what the tables beside hold as the rows of before. */
export async function keepBeside(tx: Kysely<Tables>, { tables }: Projection): Promise<void> {
  for (const { name } of tables) {
    await tx.schema.dropIndex(`${nextName(name)}_key`).execute();
    await tx.schema.dropTable(keptTable(name)).ifExists().execute();
    await tx.schema.alterTable(nextName(name)).renameTo(keptTable(name)).execute();
  }
}

/** Lets the rows of before be caught up beside the live ones. */
export async function takeUpKept(tx: Kysely<Tables>, { tables }: Projection): Promise<void> {
  for (const table of tables) {
    await tx.schema.dropTable(nextName(table.name)).ifExists().execute();
    await tx.schema.alterTable(keptTable(table.name)).renameTo(nextName(table.name)).execute();
    await uniqueKey(tx, table);
  }
}

async function uniqueKey(tx: Kysely<Tables>, { name, key }: TableShape): Promise<void> {
  const index = tx.schema.createIndex(`${nextName(name)}_key`).unique();
  await index
    .on(nextName(name))
    .columns(key as string[])
    .execute();
}

/** Forgets tables beside and rows of before. */
export async function dropBeside(tx: Kysely<Tables>, projection: Projection): Promise<void> {
  for (const { name } of projection.tables) await tx.schema.dropTable(nextName(name)).ifExists().execute();
  await dropKept(tx, projection);
}

/** Forgets rows of before. */
export async function dropKept(tx: Kysely<Tables>, { tables }: Projection): Promise<void> {
  for (const { name } of tables) await tx.schema.dropTable(keptTable(name)).ifExists().execute();
}
