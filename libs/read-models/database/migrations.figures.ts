import { sql, type Migration } from 'kysely';
import { index, table, type AnyDb } from './migration-tools.js';

/** Dashboards count by these; what is open or has failed is little beside all that was. */
export const figures: Migration = {
  async up(db: AnyDb) {
    await table(db, 'measured_instances', ['stream'], {
      stream: 'text',
      revision: 'bigint',
      position: 'bigint',
      doc: 'text',
    });
    await table(db, 'open_steps', ['stream', 'step'], {
      stream: 'text',
      step: 'text',
      category: 'text',
      kind: 'text',
      place: 'text',
      state: 'text',
      waits_on: 'text',
      begun: 'bigint',
      since: 'bigint',
      attempts: 'integer',
      'due?': 'bigint',
      'code?': 'text',
      'assignee?': 'text',
      position: 'bigint',
    });
    await index(db, 'open_steps', ['category', 'kind', 'place', 'state', 'assignee', 'since']);
    await index(db, 'open_steps', ['state', 'since']);
    await table(db, 'series', ['period', 'figure', 'labels'], {
      period: 'text',
      figure: 'text',
      labels: 'text',
      count: 'bigint',
      sum: 'bigint',
      'sketch?': 'text',
      position: 'bigint',
    });
    await index(db, 'series', ['figure', 'period']);
    await index(db, 'portfolios', ['csp', 'state', 'phase', 'stage']);
    await index(db, 'subscriptions', ['product_name', 'status', 'insync']);
    await index(db, 'subscriptions', ['customer_id', 'status']);
    await sql`CREATE INDEX processes_open ON processes (workflow, last_status, assignee)
      WHERE last_status NOT IN ('completed', 'aborted') AND hidden = 0`.execute(db);
    for (const name of ['portfolios', 'processes', 'operations'])
      await sql`CREATE INDEX ${sql.raw(`${name}_failed`)} ON ${sql.table(name)} (failed_at)
        WHERE failed_at IS NOT NULL`.execute(db);
    await index(db, 'operations', ['state', 'closes_at', 'overdue_since']);
  },
};
