import { PostgresAdapter, sql, type Migration } from 'kysely';
import { index, typeOf, type AnyDb } from './migration-tools.js';
import { SEARCHED, textSearchOf } from './text-search.js';

/** Words of the old kind are not parted as the search expects it; the rows are built again at once, for their views have new versions. */
export const lists: Migration = {
  async up(db: AnyDb) {
    for (const name of ['portfolios', 'processes', 'operations'])
      await db.schema
        .alterTable(name)
        .addColumn('search', typeOf(db, 'text'), (column) => column.notNull().defaultTo(''))
        .execute();
    await sql`UPDATE subscriptions SET search = ''`.execute(db);
    for (const name of ['portfolios', 'processes', 'subscriptions', 'operations'] as const)
      await textSearchOf(db).install(db, name);
    for (const column of ['status', 'product_id', 'customer_id', 'insync'])
      await index(db, 'subscriptions', [column, 'created_at', 'id']);
    for (const column of ['last_status', 'workflow']) await index(db, 'processes', [column, 'started_at', 'id']);
    await index(db, 'portfolios', ['state', 'created_at', 'id']);
    await index(db, 'operations', ['state', 'created_at', 'id']);
  },
};

/** The index of words was kept by triggers at first. */
export const wordsWithoutTriggers: Migration = {
  async up(db: AnyDb) {
    if (db.getExecutor().adapter instanceof PostgresAdapter) return;
    for (const table of SEARCHED)
      for (const event of ['insert', 'update', 'delete'])
        await sql`DROP TRIGGER IF EXISTS ${sql.raw(`${table}_search_${event}`)}`.execute(db);
  },
};

/** Portfolios are built again at once, for their view has a new version. */
export const ages: Migration = {
  async up(db: AnyDb) {
    await db.schema
      .alterTable('portfolios')
      .addColumn('state_since', typeOf(db, 'bigint'), (column) => column.notNull().defaultTo(0))
      .execute();
    await index(db, 'portfolios', ['csp', 'state', 'phase', 'state_since']);
    await db.schema.dropIndex('operations_by_state_closes_at_overdue_since').execute();
    await index(db, 'operations', ['state', 'types', 'closes_at', 'overdue_since']);
  },
};
