import type { EventStore, WorkGroups } from '#event-store';
import { systemClock } from '#kernel';
import { createLogger, loadConfig } from '#platform';
import { Closing } from '../composition/closing.js';
import { openStore } from '../composition/open-log.js';

/** Does something with the configured EventStoreDB and its worker groups. Throws when the log is the embedded one, which has none. */
export async function withGroups<T>(work: (groups: WorkGroups, store: EventStore) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env, { keys: 'leave' });
  if (config.eventStore === 'embedded')
    throw new Error('PURVEYOR_EVENT_STORE is not esdb://...: there is nothing to share');
  const closing = new Closing();
  try {
    const logger = createLogger({ level: 'error' });
    const { groups, store } = await openStore({ config, logger, clock: systemClock, acceptLoss: false }, closing);
    return await work(groups!, store);
  } finally {
    await closing.close();
  }
}
