import { PostgresAdapter, sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely';

/** Tables with a column `search` that {@link searchable} fills. */
export type SearchedTable = 'portfolios' | 'processes' | 'subscriptions' | 'operations' | 'streams';
export type Condition = RawBuilder<SqlBool>;
type AnyDb = Kysely<any>;

/** What differs between the databases where words are looked for. A word is found where it begins a word of the row. */
interface TextSearch {
  /** Makes the index over a table; rows that are there already are taken in. */
  install(db: AnyDb, table: SearchedTable): Promise<void>;
  /** Holds for the rows with all `words`, which are {@link wordsOf} a text and at least one. */
  matches(db: AnyDb, table: SearchedTable, words: readonly string[]): Promise<Condition>;
}

/** More matches than this are found sooner by walking through the list than by fetching them all to sort them. */
const COMMON = 2_000;

/**
 * FTS5 over words that are made already, so its tokenizer only parts them at blanks. It knows rows by number, and only a table of
 * its own keeps these (VACUUM renumbers the others). Triggers keep it, so that nobody who writes rows has to know of it.
 */
const sqlite: TextSearch = {
  async install(db, table) {
    const { numbers, index } = namesOf(table);
    await sql`CREATE TABLE ${numbers} (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)`.execute(db);
    await sql`CREATE VIRTUAL TABLE ${index} USING fts5(words, content='', contentless_delete=1, detail='none', tokenize='ascii')`.execute(
      db,
    );
    await sql`INSERT INTO ${numbers} (id) SELECT id FROM ${sql.table(table)}`.execute(db);
    await sql`INSERT INTO ${index} (rowid, words) SELECT row, search FROM ${numbers} JOIN ${sql.table(table)} USING (id)`.execute(
      db,
    );
    await triggers(db, table);
  },
  async matches(db, table, words) {
    const { numbers, index } = namesOf(table);
    const query = words.map((word) => `"${word}"*`).join(' AND ');
    const found = sql`SELECT rowid FROM ${index} WHERE ${index} MATCH ${query}`;
    const { rows } = await sql<{ n: number }>`SELECT COUNT(*) AS n FROM (${found} LIMIT ${COMMON + 1})`.execute(db);
    if (rows[0]!.n > COMMON)
      return sql`(${sql.join(
        words.map((word) => sql`' ' || search LIKE ${`% ${word}%`}`),
        sql` AND `,
      )})`;
    return sql`id IN (SELECT id FROM ${numbers} WHERE row IN (${found}))`;
  },
};

async function triggers(db: AnyDb, table: SearchedTable): Promise<void> {
  const { numbers, index } = namesOf(table);
  const on = (name: string, event: string, work: RawBuilder<unknown>) =>
    sql`CREATE TRIGGER ${sql.raw(`${table}_search_${name}`)} AFTER ${sql.raw(event)} BEGIN ${work} END`.execute(db);
  const add = sql`INSERT INTO ${index} (rowid, words) SELECT row, new.search FROM ${numbers} WHERE id = new.id;`;
  const remove = sql`DELETE FROM ${index} WHERE rowid = (SELECT row FROM ${numbers} WHERE id = old.id);`;
  await on('insert', `INSERT ON ${table}`, sql`INSERT INTO ${numbers} (id) VALUES (new.id); ${add}`);
  await on('update', `UPDATE OF search ON ${table} WHEN old.search <> new.search`, sql`${remove} ${add}`);
  await on('delete', `DELETE ON ${table}`, sql`${remove} DELETE FROM ${numbers} WHERE id = old.id;`);
}

const namesOf = (table: SearchedTable) => ({
  numbers: sql.table(`${table}_rows`),
  index: sql.table(`${table}_search`),
});

/** The same words as lexemes; the planner knows how common each is. */
const postgres: TextSearch = {
  async install(db, table) {
    await sql`CREATE INDEX ${sql.raw(`${table}_by_words`)} ON ${sql.table(table)} USING gin (${lexemes})`.execute(db);
  },
  async matches(_db, _table, words) {
    return sql`${lexemes} @@ ${words.map((word) => `'${word}':*`).join(' & ')}::tsquery`;
  },
};
const lexemes = sql.raw(`array_to_tsvector(string_to_array(search, ' '))`);

/** Full-text search of a database of the read models. */
export const textSearchOf = (db: AnyDb): TextSearch =>
  db.getExecutor().adapter instanceof PostgresAdapter ? postgres : sqlite;
