import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { OWN_DIRECTORY } from '#kernel';
import { migrate } from './migrations.js';
import { PostgresViews } from './postgres-views.js';
import { READ_MODEL_FILE } from './read-model-file.js';
import { SqliteViews } from './sqlite-views.js';
import { kyselyOver, openSqlite } from './sqlite.js';
import type { Tables } from './tables.js';
import type { ViewStore } from './view-store.js';

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

type Opened = readonly [Kysely<Tables>, ViewStore];

/** Opens the read models, `read-models.db` in `directory` or those at a PostgreSQL server, and brings their schema up to date. */
export async function openReadModels(options: ReadModelOptions): Promise<ReadModels> {
  const { at = 'sqlite', acceptLoss = false } = options;
  const [db, views] =
    at === 'sqlite' ? await sqlite(options.directory) : await migrated(await postgres(at, options.onWarning));
  return { db, views, shared: at !== 'sqlite', acceptLoss, close: () => db.destroy() };
}

async function migrated(opened: Opened): Promise<Opened> {
  try {
    await migrate(opened[0]);
    return opened;
  } catch (error) {
    await opened[0].destroy();
    throw error;
  }
}

async function sqlite(directory: string): Promise<Opened> {
  const inMemory = directory === ':memory:';
  const file = inMemory ? directory : join(directory, READ_MODEL_FILE);
  try {
    if (!inMemory) mkdirSync(directory, OWN_DIRECTORY);
    const raw = openSqlite(file);
    const db = kyselyOver(raw);
    return await migrated([db, new SqliteViews(raw, db)]);
  } catch (error) {
    throw unopened(file, error);
  }
}

/** Unlike the log's, the file can be thrown away. */
const unopened = (file: string, cause: unknown) =>
  new Error(
    `the views in ${file} cannot be opened (${(cause as Error).message}); if the file is damaged, remove it and its -wal and -shm: the views are made anew from the log`,
    { cause },
  );

/** Loads the driver, which nobody needs whose views are in SQLite: every start would wait for its code, twice. */
async function postgres(url: string, onWarning: (message: string) => void = () => {}): Promise<Opened> {
  const { openPostgres } = await import('./postgres.js');
  const db = openPostgres(url, onWarning);
  return [db, new PostgresViews(db)];
}
