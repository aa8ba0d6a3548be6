import { CompiledQuery, type Kysely } from 'kysely';
import type { Tables } from './tables.js';
import {
  onConflict,
  SecondProjector,
  storable,
  type Batch,
  type Change,
  type TableShape,
  type Value,
  type ViewStore,
} from './view-store.js';

const ADVANCE = `UPDATE checkpoints AS c SET position = a.until
  FROM json_to_recordset($1::json) AS a(projection text, since bigint, until bigint)
  WHERE c.projection = a.projection AND c.position = a.since AND c.owner = $2`;

/** One statement per table and batch: the rows travel as JSON and take their types from the table. */
export class PostgresViews implements ViewStore {
  constructor(private readonly db: Kysely<Tables>) {}

  async load({ name, key }: TableShape, ids: readonly string[]) {
    const query = CompiledQuery.raw(`SELECT * FROM ${name} WHERE ${key[0]} = ANY($1::text[])`, [ids]);
    return (await this.db.executeQuery<Record<string, unknown>>(query)).rows;
  }

  async apply(batch: Batch): Promise<void> {
    await this.db.transaction().execute(async (tx) => {
      await moveCheckpoints(tx, batch);
      for (const change of batch.changes) await write(tx, change);
    });
  }

  /** Its own vacuum does that, when it comes by. */
  async scrub(): Promise<boolean> {
    return true;
  }
}

async function moveCheckpoints(db: Kysely<Tables>, { owner, advances }: Batch): Promise<void> {
  const rows = advances.map(({ projection, from, to }) => ({ projection, since: from, until: to }));
  const moved = await db.executeQuery(CompiledQuery.raw(ADVANCE, [JSON.stringify(rows), owner]));
  if (Number(moved.numAffectedRows) !== advances.length)
    throw new SecondProjector(advances.map(({ projection }) => projection).join(', '));
}

async function write(db: Kysely<Tables>, { table, upserts, removals }: Change): Promise<void> {
  const { name, columns, key } = table;
  const rows = `json_populate_recordset(NULL::${name}, $1::json)`;
  const list = columns.join(', ');
  if (upserts.length > 0)
    await db.executeQuery(
      CompiledQuery.raw(`INSERT INTO ${name} (${list}) SELECT ${list} FROM ${rows} ${onConflict(table)}`, [
        json(columns, upserts),
      ]),
    );
  if (removals.length === 0) return;
  const matches = key.map((column) => `t.${column} = gone.${column}`).join(' AND ');
  const remove = `DELETE FROM ${name} AS t USING ${rows} AS gone WHERE ${matches} AND t.position <= gone.position`;
  await db.executeQuery(CompiledQuery.raw(remove, [json([...key, 'position'], removals)]));
}

const json = (columns: readonly string[], rows: readonly (readonly Value[])[]): string =>
  JSON.stringify(
    rows.map((values) => Object.fromEntries(columns.map((column, i) => [column, wellFormed(values[i]!)]))),
  );

/** Half a surrogate pair has no place in PostgreSQL's JSON; SQLite's driver replaces it in the same way. */
function wellFormed(value: Value): Value {
  const kept = storable(value);
  return typeof kept === 'string' && /[\ud800-\udfff]/.test(kept) ? Buffer.from(kept).toString() : kept;
}
