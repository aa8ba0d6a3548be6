import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { START, type EventStore } from '#event-store';

/** What events refer to; made before the first event of a log. */
const KEPT = ['vault.db', 'subject-keys.db'];

/**
 * Of the data directory of this log. Throws one line when the log has events and one of the files to which they refer is gone, unless the loss is
 * accepted: made anew and empty, they would let every stage that needs a secret fail, and show every person as forgotten.
 */
export async function requireKept(directory: string, store: EventStore, acceptLoss: boolean): Promise<void> {
  if (acceptLoss) return;
  const lost = await lostFiles(directory, store);
  if (lost === undefined) return;
  throw new Error(
    `${lost}: restore it from a backup; \`npm start -- --accept-loss\`, or \`node dist/run/server.js --accept-loss\`, goes on without ` +
      'whatever is missing: these secrets and personal data, and events of the log too',
  );
}

/** Says in half a line which of those files are gone; undefined while all are there, or where the log has no events of ours. */
export async function lostFiles(directory: string, store: EventStore): Promise<string | undefined> {
  const gone = () => KEPT.filter((name) => !existsSync(join(directory, name)));
  if (gone().length === 0 || (await isEmpty(store))) return undefined;
  // Asked again: another process may have begun the log meanwhile, and it made the files first.
  const names = gone().join(' and ');
  return names === '' ? undefined : `the log has events, but ${names} in ${directory}, to which they refer, is gone`;
}

/** Not its head: in EventStoreDB that is the last event of anybody. */
async function isEmpty(store: EventStore): Promise<boolean> {
  for (let after = START; ;) {
    const { events, next, end } = await store.readAll({ after, limit: 1 });
    if (events.length > 0 || end) return events.length === 0;
    after = next;
  }
}
