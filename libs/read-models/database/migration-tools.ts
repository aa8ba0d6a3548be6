import { PostgresAdapter, sql, type CreateTableBuilder, type Kysely } from 'kysely';

export type AnyDb = Kysely<unknown>;
type Kind = 'text' | 'integer' | 'bigint';

/** Texts compare by their code points, as in SQLite, whatever the database's locale. */
export const typeOf = (db: AnyDb, kind: Kind) =>
  kind === 'text' && db.getExecutor().adapter instanceof PostgresAdapter ? sql`text COLLATE "C"` : kind;

/** Names of columns ending in `?` may be null. */
export async function table(
  db: AnyDb,
  name: string,
  key: readonly string[],
  kinds: Record<string, Kind>,
): Promise<void> {
  let built = db.schema.createTable(name) as CreateTableBuilder<string, string>;
  for (const [column, kind] of Object.entries(kinds))
    built = column.endsWith('?')
      ? built.addColumn(column.slice(0, -1), typeOf(db, kind))
      : built.addColumn(column, typeOf(db, kind), (defined) => defined.notNull());
  await built.addPrimaryKeyConstraint(`${name}_key`, key as string[]).execute();
}

export const index = (db: AnyDb, on: string, names: readonly string[]) =>
  db.schema
    .createIndex(`${on}_by_${names.join('_')}`)
    .on(on)
    .columns(names as string[])
    .execute();

export const folded = { id: 'text', revision: 'bigint', position: 'bigint', doc: 'text' } as const;
