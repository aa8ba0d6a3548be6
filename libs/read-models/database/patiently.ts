import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { ReadModels } from './read-models.js';
import { waitingAtMost } from './sqlite.js';
import type { Tables } from './tables.js';

const AGAIN_MS = 50;
const PATIENCE_MS = 60_000;

/**
 * A transaction beside the projectors'. They may write for seconds, over a connection of their own thread: SQLite would wait for them with this whole
 * thread standing still, so it is asked not to wait at all, and is asked again until a minute is over. PostgreSQL waits elsewhere.
 */
export async function patiently<T>({ db, shared }: ReadModels, work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
  if (shared) return db.transaction().execute(work);
  for (const latest = Date.now() + PATIENCE_MS; ; await sleep(AGAIN_MS))
    try {
      return await db.connection().execute((own) => waitingAtMost(0, own, () => own.transaction().execute(work)));
    } catch (error) {
      if (Date.now() > latest || !/database is locked/.test(String(error))) throw error;
    }
}
