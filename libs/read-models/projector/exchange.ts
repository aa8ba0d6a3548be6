import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../database/tables.js';
import { refillSearch } from '../database/text-search.js';
import type { TableShape } from '../database/view-store.js';
import { nextName } from './beside.js';
import type { Projection } from './projection.js';

/** Keys of the rows that the two tables do not have in common, and the live rows of these keys as they were. */
const [KEYS, WERE] = [sql.table('exchanged_keys'), sql.table('exchanged_rows')];

/**
 * Lets the live tables and those beside change places, inside a transaction. Only rows that differ are written, so indexes of the live
 * tables stay theirs, and queries, which read what was committed before, wait for nothing.
 */
export async function exchangeRows(tx: Kysely<Tables>, { tables }: Projection): Promise<void> {
  for (const table of tables) {
    if (await findDifferences(tx, table)) {
      await exchange(tx, table);
      await refillSearch(tx, table.name);
    }
    await sql`DROP TABLE ${KEYS}`.execute(tx);
  }
}

/** Fills {@link KEYS}; false when the tables hold the same. */
async function findDifferences(tx: Kysely<Tables>, { name, columns, key }: TableShape): Promise<boolean> {
  const [live, built] = [sql.table(name), sql.table(nextName(name))];
  const same = compared('a', '=', 'b', key, 'AND');
  const rest = columns.filter((column) => !key.includes(column));
  await sql`CREATE TEMPORARY TABLE ${KEYS} AS
    SELECT ${refs(key, 'a')} FROM ${live} AS a LEFT JOIN ${built} AS b ON ${same}
      WHERE ${sql.ref(`b.${key[0]}`)} IS NULL OR ${compared('a', 'IS DISTINCT FROM', 'b', rest, 'OR')}
    UNION ALL SELECT ${refs(key, 'b')} FROM ${built} AS b LEFT JOIN ${live} AS a ON ${same}
      WHERE ${sql.ref(`a.${key[0]}`)} IS NULL`.execute(tx);
  return (await sql`SELECT 1 FROM ${KEYS} LIMIT 1`.execute(tx)).rows.length > 0;
}

async function exchange(tx: Kysely<Tables>, { name, columns, key }: TableShape): Promise<void> {
  const [live, built, all] = [sql.table(name), sql.table(nextName(name)), refs(columns)];
  const differ = sql`(${refs(key)}) IN (SELECT ${refs(key)} FROM ${KEYS})`;
  const rest = columns.filter((column) => !key.includes(column));
  const taken = rest.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`);
  await sql`CREATE TEMPORARY TABLE ${WERE} AS SELECT ${all} FROM ${live} WHERE ${differ}`.execute(tx);
  await sql`DELETE FROM ${live} WHERE ${differ} AND NOT EXISTS
    (SELECT 1 FROM ${built} AS b WHERE ${compared('b', '=', name, key, 'AND')})`.execute(tx);
  await sql`INSERT INTO ${live} (${all}) SELECT ${all} FROM ${built} WHERE ${differ}
    ON CONFLICT (${refs(key)}) DO UPDATE SET ${sql.join(taken)}`.execute(tx);
  await sql`DELETE FROM ${built} WHERE ${differ}`.execute(tx);
  await sql`INSERT INTO ${built} (${all}) SELECT ${all} FROM ${WERE}`.execute(tx);
  await sql`DROP TABLE ${WERE}`.execute(tx);
}

const refs = (columns: readonly string[], of?: string): RawBuilder<unknown> =>
  sql.join(columns.map((column) => sql.ref(of === undefined ? column : `${of}.${column}`)));

/** Each column of one table beside that of another. */
const compared = (one: string, how: string, other: string, columns: readonly string[], between: 'AND' | 'OR') =>
  sql.join(
    columns.map((column) => sql`${sql.ref(`${one}.${column}`)} ${sql.raw(how)} ${sql.ref(`${other}.${column}`)}`),
    sql.raw(` ${between} `),
  );
