import { openEmbeddedStore, type EventStore, type WorkGroups } from '#event-store';
import type { Clock } from '#kernel';
import type { Config } from '#platform';
import type { Logger } from 'pino';
import type { Closing } from './closing.js';
import { Watch } from './watch.js';

/** How long closing waits for appends that a silent store has not answered, ms; what they did is read from it later. */
const DRAIN_MS = 1_000;

/** The log, and what only one of its kinds has. */
export interface OpenedStore {
  readonly store: EventStore;
  /** Of the embedded log: whoever has its directory is the only one. */
  readonly commits?: SharedArrayBuffer;
  /** Of EventStoreDB. */
  readonly groups?: WorkGroups;
  /** Told once the views have been compared with the log: it has lost nothing. */
  readonly confirm?: () => void;
  /** Why the log does not answer; undefined while it does. */
  readonly trouble: () => string | undefined;
}

interface Given {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly acceptLoss: boolean;
}

/** Opens the log where the configuration says. Throws StoreErrors. */
export function openStore(given: Given, closing: Closing): Promise<OpenedStore> {
  return given.config.eventStore === 'embedded' ? embedded(given, closing) : eventStoreDb(given, closing);
}

async function embedded({ config, logger, acceptLoss }: Given, closing: Closing): Promise<OpenedStore> {
  const onWarning = (message: string) => logger.warn(message);
  const store = await openEmbeddedStore({ directory: config.dataDir, acceptLoss, onWarning });
  closing.add(() => store.close());
  return { store, commits: store.commits, confirm: () => store.confirm(), trouble: () => undefined };
}

async function eventStoreDb({ config, logger, clock }: Given, closing: Closing): Promise<OpenedStore> {
  // Its client takes longer to load than the whole embedded log, so only those who use it load it.
  const { openEventStoreDb } = await import('../../../libs/event-store/eventstoredb/index.js');
  const store = await openEventStoreDb({
    url: config.eventStore,
    connectionName: `purveyor-${config.roles.join('-')}-${process.pid}`,
    streamPrefix: config.streamPrefix,
    clock,
    drainMs: DRAIN_MS,
    onWarning: (message) => logger.warn(message),
    onParked: (parked) => logger.warn(parked, 'an event in one of our streams is not ours to read'),
  });
  closing.add(() => store.close());
  const watch = new Watch(() => store.head(), clock);
  closing.add(() => watch.stop());
  return { store, groups: store.groups, trouble: () => watch.trouble() };
}
