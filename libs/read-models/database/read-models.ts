import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { migrate } from './migrations.js';
import { SqliteViews } from './sqlite-views.js';
import { kyselyOver, openSqlite } from './sqlite.js';
import type { Tables } from './tables.js';
import type { ViewStore } from './view-store.js';

export const READ_MODEL_FILE = 'read-models.db';

/** The read side's database. `views` belongs to the projector; queries use `db`. */
export interface ReadModels {
  readonly db: Kysely<Tables>;
  readonly views: ViewStore;
  /** Rebuild instead of stopping when the log has lost events or is another one. */
  readonly acceptLoss: boolean;
  close(): Promise<void>;
}

/** Opens (or makes) `read-models.db` in `directory` and brings its schema up to date. `:memory:` keeps it in memory. */
export async function openReadModels(options: { directory: string; acceptLoss?: boolean }): Promise<ReadModels> {
  const inMemory = options.directory === ':memory:';
  if (!inMemory) mkdirSync(options.directory, { recursive: true });
  const raw = openSqlite(inMemory ? ':memory:' : join(options.directory, READ_MODEL_FILE));
  const db = kyselyOver(raw);
  await migrate(db);
  const acceptLoss = options.acceptLoss ?? false;
  return { db, views: new SqliteViews(raw), acceptLoss, close: () => db.destroy() };
}
