import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { migrate } from './migrations.js';
import { PostgresViews } from './postgres-views.js';
import { SqliteViews } from './sqlite-views.js';
import { kyselyOver, openSqlite } from './sqlite.js';
import type { Tables } from './tables.js';
import type { ViewStore } from './view-store.js';

export const READ_MODEL_FILE = 'read-models.db';

/** The read side's database. `views` belongs to the projector; queries use `db`. */
export interface ReadModels {
  readonly db: Kysely<Tables>;
  readonly views: ViewStore;
  /** Other processes may project into it as well. */
  readonly shared: boolean;
  /** Rebuild instead of stopping when the log has lost events or is another one. */
  readonly acceptLoss: boolean;
  close(): Promise<void>;
}

export interface ReadModelOptions {
  /** `sqlite` (default) or `postgres://...`. */
  readonly at?: string;
  /** Of the SQLite file; `:memory:` keeps it in memory. */
  readonly directory: string;
  readonly acceptLoss?: boolean;
  readonly onWarning?: (message: string) => void;
}

/** Opens the read models, `read-models.db` in `directory` or those at a PostgreSQL server, and brings their schema up to date. */
export async function openReadModels(options: ReadModelOptions): Promise<ReadModels> {
  const { at = 'sqlite', acceptLoss = false } = options;
  const [db, views] = at === 'sqlite' ? sqlite(options.directory) : await postgres(at, options.onWarning);
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, views, shared: at !== 'sqlite', acceptLoss, close: () => db.destroy() };
}

function sqlite(directory: string): [Kysely<Tables>, ViewStore] {
  const inMemory = directory === ':memory:';
  if (!inMemory) mkdirSync(directory, { recursive: true });
  const raw = openSqlite(inMemory ? ':memory:' : join(directory, READ_MODEL_FILE));
  const db = kyselyOver(raw);
  return [db, new SqliteViews(raw, db)];
}

/** Loads the driver, which nobody needs whose views are in SQLite: every start would wait for its code, twice. */
async function postgres(
  url: string,
  onWarning: (message: string) => void = () => {},
): Promise<[Kysely<Tables>, ViewStore]> {
  const { openPostgres } = await import('./postgres.js');
  const db = openPostgres(url, onWarning);
  return [db, new PostgresViews(db)];
}
