import { PostgresAdapter, sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely';

/** Tables with a column `search` that {@link searchable} fills. */
export const SEARCHED = ['portfolios', 'processes', 'subscriptions', 'operations', 'streams'] as const;
export type SearchedTable = (typeof SEARCHED)[number];
export type Condition = RawBuilder<SqlBool>;
type AnyDb = Kysely<any>;

/** What differs between the databases where words are looked for. A word is found where it begins a word of the row. */
interface TextSearch {
  /** Makes the index over a table; rows that are there already are taken in. */
  install(db: AnyDb, table: SearchedTable): Promise<void>;
  /** Takes in all rows anew: for whoever puts rows into the table, or takes them out, in another way than a `ViewStore`. */
  refill(db: AnyDb, table: SearchedTable): Promise<void>;
  /** Holds for the rows with all `words`, which are {@link wordsOf} a text and at least one. */
  matches(db: AnyDb, table: SearchedTable, words: readonly string[]): Promise<Condition>;
}

/** More matches than this are found sooner by walking through the list than by fetching them all to sort them. */
const COMMON = 2_000;

/**
 * FTS5 over words that are made already, so its tokenizer only parts them at blanks. It knows rows by number, and only a table of
 * its own keeps these (VACUUM renumbers the others). `SqliteViews` keeps it with every row that it writes (`SearchIndex`).
 */
const sqlite: TextSearch = {
  async install(db, table) {
    const { numbers, index } = namesOf(table);
    await sql`CREATE TABLE ${numbers} (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)`.execute(db);
    await sql`CREATE VIRTUAL TABLE ${index} USING fts5(words, content='', contentless_delete=1, detail='none', tokenize='ascii')`.execute(
      db,
    );
    await this.refill(db, table);
  },
  async refill(db, table) {
    const { numbers, index } = namesOf(table);
    await sql`DELETE FROM ${numbers}`.execute(db);
    await sql`INSERT INTO ${index} (${index}) VALUES ('delete-all')`.execute(db);
    await sql`INSERT INTO ${numbers} (id) SELECT id FROM ${sql.table(table)}`.execute(db);
    await sql`INSERT INTO ${index} (rowid, words) SELECT row, search FROM ${numbers} JOIN ${sql.table(table)} USING (id)`.execute(
      db,
    );
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

const namesOf = (table: SearchedTable) => ({
  numbers: sql.table(`${table}_rows`),
  index: sql.table(`${table}_search`),
});

/** The same words as lexemes; the planner knows how common each is. */
const postgres: TextSearch = {
  async install(db, table) {
    await sql`CREATE INDEX ${sql.raw(`${table}_by_words`)} ON ${sql.table(table)} USING gin (${lexemes})`.execute(db);
  },
  async refill() {
    // PostgreSQL keeps its indexes by itself.
  },
  async matches(_db, _table, words) {
    return sql`${lexemes} @@ ${words.map((word) => `'${word}':*`).join(' & ')}::tsquery`;
  },
};
const lexemes = sql.raw(`array_to_tsvector(string_to_array(search, ' '))`);

/** To be called where the rows of a table, searched or not, were exchanged as a whole. */
export async function refillSearch(db: AnyDb, table: string): Promise<void> {
  const searched = SEARCHED.find((name) => name === table);
  if (searched !== undefined) await textSearchOf(db).refill(db, searched);
}

/** Full-text search of a database of the read models. */
export const textSearchOf = (db: AnyDb): TextSearch =>
  db.getExecutor().adapter instanceof PostgresAdapter ? postgres : sqlite;
