import { statSync } from 'node:fs';
import { readExport } from '#audit';
import { EventLog, readDirectory, type EventStore } from '#event-store';
import { systemClock } from '#kernel';
import { createLogger, loadConfig, type Config } from '#platform';
import { catalogue, httpNetwork, productRegistry } from '#products';
import { taskWorkflows, type TaskPorts } from '#tasks';
import { checkInstances } from '../composition/check-instances.js';
import { Closing } from '../composition/closing.js';
import { allPlans, decidersOf } from '../composition/deciders.js';
import { configuredDirectory } from '../composition/directory.js';
import { eventRegistry } from '../composition/event-types.js';
import { openStore } from '../composition/open-log.js';
import { configuredProvisioners } from '../composition/provisioners.js';
import { UsageError, type SubCommand } from './command.js';

/**
 * Says before a deployment which instances this program could not carry on: a line each, `STREAM: why`. Exit code 0 when there is none, 1
 * otherwise. A log is only read, so it may be that of a running system; FROM is a data directory, a backup of one, or a signed export (NDJSON) of
 * whole streams.
 */
export const definitionsCommand: SubCommand = {
  usage: 'check [FROM]',
  meaning:
    'lists every instance in the log that the definitions of this program could not carry on; exit code 1 if there are any',
  async run([what, from, ...more]) {
    if (what !== 'check' || more.length > 0)
      throw new UsageError('definitions takes check, and perhaps a directory or an export.');
    const config = loadConfig(process.env, { keys: 'leave' });
    const closing = new Closing();
    try {
      return await check(config, await storeOf(config, from, closing));
    } finally {
      await closing.close();
    }
  },
};

async function storeOf(config: Config, from: string | undefined, closing: Closing): Promise<EventStore> {
  if (from === undefined && config.eventStore !== 'embedded') {
    const logger = createLogger({ level: 'error' });
    return (await openStore({ config, logger, clock: systemClock, acceptLoss: false }, closing)).store;
  }
  const isFile = from !== undefined && statSync(from, { throwIfNoEntry: false })?.isFile() === true;
  const store = isFile ? readExport(from) : readDirectory(from ?? config.dataDir);
  closing.add(() => store.close());
  return store;
}

async function check(config: Config, store: EventStore): Promise<number> {
  // Without keys: what is personal stays sealed, no definition depends on it.
  const log = new EventLog(store, eventRegistry());
  const { streams, stranded } = await checkInstances(log, decidersOf(definitionsOf(config)));
  for (const { stream, reason } of stranded) process.stdout.write(`${stream}: ${reason}\n`);
  process.stderr.write(`${streams} instances read, ${stranded.length} could not be carried on\n`);
  return stranded.length === 0 ? 0 : 1;
}

/** No step runs here, so nobody asks the ports. */
function definitionsOf(config: Config) {
  const ports = { directory: configuredDirectory(config), network: httpNetwork(config.nrmUrl, config.nrmToken) };
  const { workflows, provisioners } = productRegistry(ports, taskWorkflows({} as TaskPorts));
  return {
    plans: allPlans(),
    workflows,
    catalogue,
    provisioners: configuredProvisioners(config).register(...provisioners),
  };
}
