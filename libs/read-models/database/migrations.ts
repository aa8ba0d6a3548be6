import { Migrator, type Kysely, type Migration, type MigrationProvider } from 'kysely';
import { folded, index, table, typeOf, type AnyDb } from './migration-tools.js';
import { figures } from './migrations.figures.js';
import { ages, lists, wordsWithoutTriggers } from './migrations.lists.js';
import { textSearchOf } from './text-search.js';

const parked = {
  stream: 'text',
  revision: 'bigint',
  projection: 'text',
  type: 'text',
  position: 'bigint',
  kind: 'text',
  reason: 'text',
} as const;

const first: Migration = {
  async up(db: AnyDb) {
    await table(db, 'checkpoints', ['projection'], {
      projection: 'text',
      version: 'integer',
      log_id: 'text',
      position: 'bigint',
    });
    await table(db, 'parked', ['stream', 'revision', 'projection'], parked);
    await table(db, 'worklist', ['stream'], {
      stream: 'text',
      category: 'text',
      run: 'integer',
      'due?': 'bigint',
      since: 'bigint',
      position: 'bigint',
    });
    await table(db, 'portfolios', ['id'], {
      ...folded,
      name: 'text',
      csp: 'text',
      state: 'text',
      phase: 'text',
      'stage?': 'text',
      created_at: 'bigint',
      updated_at: 'bigint',
      'failed_at?': 'bigint',
    });
    await index(db, 'portfolios', ['created_at', 'id']);
    await table(db, 'processes', ['id'], {
      ...folded,
      workflow: 'text',
      target: 'text',
      is_task: 'integer',
      created_by: 'text',
      last_status: 'text',
      'last_step?': 'text',
      'failed_reason?': 'text',
      'product_id?': 'text',
      'customer_id?': 'text',
      started_at: 'bigint',
      updated_at: 'bigint',
      'failed_at?': 'bigint',
    });
    await index(db, 'processes', ['started_at', 'id']);
    await table(db, 'process_subscriptions', ['subscription_id', 'process_id'], {
      subscription_id: 'text',
      process_id: 'text',
      workflow: 'text',
      target: 'text',
      position: 'bigint',
    });
    await index(db, 'process_subscriptions', ['process_id']);
    await table(db, 'subscriptions', ['id'], {
      ...folded,
      product_id: 'text',
      product_name: 'text',
      customer_id: 'text',
      description: 'text',
      status: 'text',
      insync: 'integer',
      'start_date?': 'bigint',
      'end_date?': 'bigint',
      created_at: 'bigint',
      updated_at: 'bigint',
    });
    await index(db, 'subscriptions', ['created_at', 'id']);
  },
};

const owners: Migration = {
  async up(db: AnyDb) {
    const { schema } = db;
    await schema
      .alterTable('checkpoints')
      .addColumn('owner', 'text', (c) => c.notNull().defaultTo(''))
      .execute();
    await schema
      .alterTable('checkpoints')
      .addColumn('beat', 'bigint', (c) => c.notNull().defaultTo(0))
      .execute();
  },
};

const operations: Migration = {
  async up(db: AnyDb) {
    await table(db, 'operations', ['id'], {
      ...folded,
      state: 'text',
      code: 'integer',
      types: 'text',
      'next_due?': 'bigint',
      'closes_at?': 'bigint',
      'overdue_since?': 'bigint',
      created_at: 'bigint',
      updated_at: 'bigint',
      'failed_at?': 'bigint',
    });
    await index(db, 'operations', ['created_at', 'id']);
    await index(db, 'operations', ['closes_at']);
  },
};

const subscriptionUses: Migration = {
  async up(db: AnyDb) {
    await table(db, 'subscription_uses', ['used_id', 'user_id'], {
      used_id: 'text',
      user_id: 'text',
      user_status: 'text',
      position: 'bigint',
    });
    await index(db, 'subscription_uses', ['user_id']);
  },
};

const busy: Migration = {
  async up(db: AnyDb) {
    await db.schema.alterTable('worklist').addColumn('busy', 'bigint').execute();
  },
};

const children: Migration = {
  async up(db: AnyDb) {
    await table(db, 'portfolio_children', ['parent', 'child'], { parent: 'text', child: 'text', position: 'bigint' });
  },
};

/** What is due is asked for several times a second, however much waits. */
const due: Migration = {
  async up(db: AnyDb) {
    await index(db, 'worklist', ['due', 'stream']);
    await index(db, 'worklist', ['since']);
    await index(db, 'operations', ['overdue_since']);
  },
};

const subscriptionSearch: Migration = {
  async up(db: AnyDb) {
    await db.schema
      .alterTable('subscriptions')
      .addColumn('search', typeOf(db, 'text'), (c) => c.notNull().defaultTo(''))
      .execute();
    await table(db, 'customer_descriptions', ['id'], { id: 'text', subscription_id: 'text', position: 'bigint' });
  },
};

const processMarks: Migration = {
  async up(db: AnyDb) {
    const add = (name: string, kind: 'text' | 'integer', empty: string | number) =>
      db.schema
        .alterTable('processes')
        .addColumn(name, typeOf(db, kind), (column) => column.notNull().defaultTo(empty))
        .execute();
    await add('assignee', 'text', 'SYSTEM');
    await add('hidden', 'integer', 0);
    await db.schema.alterTable('processes').addColumn('note', typeOf(db, 'text')).execute();
  },
};

const catalogue: Migration = {
  async up(db: AnyDb) {
    await table(db, 'catalogue', ['id'], { ...folded, kind: 'text', name: 'text' });
  },
};

/** Runs of a schedule are found by what started them, and the open ones among however many. */
const schedules: Migration = {
  async up(db: AnyDb) {
    await table(db, 'schedules', ['id'], {
      ...folded,
      workflow: 'text',
      status: 'text',
      created_at: 'bigint',
    });
    await table(db, 'occurrences', ['id'], { ...folded, schedule_id: 'text', at: 'bigint', state: 'text' });
    await index(db, 'occurrences', ['schedule_id', 'state', 'at']);
    await index(db, 'processes', ['created_by', 'last_status']);
  },
};

/** Where each flow, and each command between streams, first shows in a stream. */
const causes: Migration = {
  async up(db: AnyDb) {
    await table(db, 'causes', ['cause', 'stream'], {
      cause: 'text',
      stream: 'text',
      revision: 'bigint',
      position: 'bigint',
    });
  },
};

/** Which streams there are, and what people know them by. */
const streams: Migration = {
  async up(db: AnyDb) {
    await table(db, 'streams', ['id'], {
      id: 'text',
      category: 'text',
      type: 'text',
      actor: 'text',
      created_at: 'bigint',
      'label?': 'text',
      search: 'text',
      position: 'bigint',
    });
    await index(db, 'streams', ['created_at', 'id']);
    await index(db, 'streams', ['category', 'created_at', 'id']);
    await textSearchOf(db).install(db, 'streams');
  },
};

const rebuilds: Migration = {
  async up(db: AnyDb) {
    await table(db, 'parked_beside', ['stream', 'revision', 'projection'], parked);
    for (const [name, kind] of Object.entries({ began_at: 'bigint', began_from: 'bigint', trouble: 'text' } as const))
      await db.schema.alterTable('checkpoints').addColumn(name, typeOf(db, kind)).execute();
  },
};

/** Ordered by name; a migration that was ever released is never changed. */
const provider: MigrationProvider = {
  getMigrations: async () => ({
    '0001_first': first,
    '0002_owners': owners,
    '0003_operations': operations,
    '0004_subscription_uses': subscriptionUses,
    '0005_busy': busy,
    '0006_children': children,
    '0007_due': due,
    '0008_subscription_search': subscriptionSearch,
    '0009_process_marks': processMarks,
    '0010_catalogue': catalogue,
    '0011_schedules': schedules,
    '0012_causes': causes,
    '0012_streams': streams,
    '0013_rebuilds': rebuilds,
    '0014_figures': figures,
    '0015_lists': lists,
    '0016_words_without_triggers': wordsWithoutTriggers,
    '0017_ages': ages,
  }),
};

/** Brings the schema up to date; throws what the failing migration threw. */
export async function migrate<T>(db: Kysely<T>): Promise<void> {
  const { error } = await new Migrator({ db: db as Kysely<any>, provider }).migrateToLatest();
  if (error !== undefined) throw error;
}
