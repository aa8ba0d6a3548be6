import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EventLog } from '#event-store';
import { systemClock } from '#kernel';
import { createLogger, loadConfig, type Config } from '#platform';
import { catalogue, httpNetwork, productRegistry } from '#products';
import { taskWorkflows, type TaskPorts } from '#tasks';
import { LOG_DB } from '../../../libs/event-store/embedded/database.js';
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
 * otherwise. A running system is read where its log is EventStoreDB; of an embedded one, whose directory has one owner, a copy.
 */
export const definitionsCommand: SubCommand = {
  usage: 'check',
  meaning:
    'lists every instance in the log that the definitions of this program could not carry on; exit code 1 if there are any',
  async run([what, ...more]) {
    if (what !== 'check' || more.length > 0) throw new UsageError('definitions takes check.');
    const config = loadConfig(process.env, { keys: 'leave' });
    if (config.eventStore === 'embedded' && !existsSync(join(config.dataDir, LOG_DB)))
      throw new Error(`There is no log in ${config.dataDir}.`);
    const closing = new Closing();
    try {
      return await check(config, closing);
    } finally {
      await closing.close();
    }
  },
};

async function check(config: Config, closing: Closing): Promise<number> {
  const logger = createLogger({ level: 'error' });
  const { store } = await openStore({ config, logger, clock: systemClock, acceptLoss: false }, closing);
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
