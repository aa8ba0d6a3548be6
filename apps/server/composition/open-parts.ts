import { mkdirSync } from 'node:fs';
import { EventLog } from '#event-store';
import type { Fetch } from '#csp';
import { OWN_DIRECTORY, systemClock, systemIds } from '#kernel';
import { createLogger, createMetrics, openAccess, openFileVault, openSubjectKeys, type Config } from '#platform';
import { openReadModels } from '#read-models';
import type { SchedulingPorts } from '#schedule';
import type { WorkflowDefinition } from '#workflow';
import { Closing } from './closing.js';
import { openAttestor } from './open-attestor.js';
import { reportCircuits, watchPauses } from './csp-gates.js';
import { eventRegistry } from './event-types.js';
import { openStore } from './open-log.js';
import { openProjectors } from './open-projector.js';
import { openRuntime } from './open-runtime.js';
import { joinWorkers } from './join-workers.js';
import { requireKept } from './kept-files.js';
import type { Parts } from './parts.js';
import { viewsCaughtUp } from './own-writes.js';
import { Views } from './views.js';
import { Watch } from './watch.js';
import { StartForm } from '../processes/start-form.js';
import { registerSchedules } from '../schedules/register-schedules.js';
import { asRefusal } from '../schedules/form-refusal.js';
import { StartRules } from '../subscriptions/start-rules.js';
import { registerProducts } from '../products/register-products.js';
import { requireSharedDirectory } from './shared-directory.js';

/** Of the ten seconds in which a process must end, what is left for effects that are under way. */
const DRAIN_MS = 5_000;
/** How long one look at the views may wait for them. */
const VIEWS_MS = 5_000;
const CATCH_UP_MS = 600_000;

export interface OpenOptions {
  /** Rebuilds the views when acknowledged events are missing from the log. */
  readonly acceptLoss?: boolean;
  /** Definitions beside those of the products. */
  readonly workflows?: readonly WorkflowDefinition[];
  /** Takes the place of the network on the way to the CSPs. */
  readonly cspFetch?: Fetch;
}

/**
 * Opens the log, the vault and the views, and waits until the views have caught up, unless other processes make them. Nothing is driven
 * before `start`: that needs the HTTP port, because effects hand out callback addresses. Throws StoreErrors; what was opened is closed
 * again.
 */
export async function openParts(config: Config, options: OpenOptions = {}): Promise<Parts> {
  const closing = new Closing();
  try {
    return await open(config, options, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function open(config: Config, options: OpenOptions, closing: Closing): Promise<Parts> {
  const { acceptLoss = false, workflows: more, cspFetch } = options;
  const [logger, metrics] = [createLogger({ level: config.logLevel }), createMetrics()];
  const [clock, ids] = [systemClock, systemIds()];
  const base = { config, logger, metrics, clock, ids, access: openAccess(config, clock, logger) };
  const shared = config.readModels !== 'sqlite';
  if (!shared) mkdirSync(config.dataDir, OWN_DIRECTORY);
  const { store, commits, confirm, groups, trouble } = await openStore({ ...base, acceptLoss }, closing);
  if (shared) requireSharedDirectory(config.dataDir, store.logId);
  await requireKept(config.dataDir, store, acceptLoss);
  const { vault, keys } = await openVault(config, closing);
  const log = new EventLog(store, eventRegistry(), keys);
  const onWarning = (message: string) => logger.warn(message);
  const directory = config.dataDir;
  const readModels = await openReadModels({ at: config.readModels, directory, acceptLoss, onWarning });
  closing.add(() => readModels.close());
  const owner = ids.uuid();
  const projectors = await openProjectors({ ...base, log, readModels, owner, acceptLoss, commits }, closing);
  confirm?.();
  const views = new Views(projectors, clock);
  const { projector } = views.main;
  const seen = { store, projector };
  if (!readModels.shared) await viewsCaughtUp(seen, CATCH_UP_MS);
  const looking = new Watch(() => views.look(store), clock);
  closing.add(() => looking.stop());
  const work = await joinWorkers(base, groups, closing);
  const alone = commits !== undefined;
  const caughtUp = () => viewsCaughtUp(seen, VIEWS_MS);
  // Schedules start processes as people do; nothing asks before `start`.
  const starting: SchedulingPorts['starting'] = async (...asked) => {
    const form = new StartForm(parts, new StartRules(parts));
    return form.command(...asked).catch(asRefusal);
  };
  const given = { starting, more, cspFetch, alone, shared: work, viewsCaughtUp: caughtUp };
  const run = await openRuntime({ ...base, log, vault, keys, readModels, ...given });
  const { runtime } = run;
  reportCircuits({ ...base, ...run }, owner);
  if (readModels.shared) watchPauses({ ...run, clock }, closing);
  const attesting = openAttestor({ ...base, store }, closing);
  closing.add(() => runtime.stop(DRAIN_MS));
  // First of all when it ends: another worker goes on while this one drains.
  if (work) closing.add(() => work.stop());
  const start = async () => {
    await runtime.start();
    work?.begin(runtime);
    const registered = Promise.all([
      registerProducts({ ...base, ...run }),
      config.defaultSchedules && config.roles.includes('worker') && registerSchedules({ ...base, ...run }),
    ]);
    // A log of others may keep silent for a while; nothing needs them to be on record.
    if (alone) await registered;
  };
  const close = () => closing.close();
  const parts: Parts = {
    ...base,
    store,
    log,
    vault,
    keys,
    readModels,
    projector,
    views,
    ...run,
    ...attesting,
    work,
    trouble,
    start,
    close,
  };
  return parts;
}

async function openVault({ dataDir, vaultKey }: Config, closing: Closing) {
  const options = { directory: dataDir, key: vaultKey };
  const vault = await openFileVault(options);
  closing.add(() => vault.close());
  const keys = await openSubjectKeys(options);
  closing.add(() => keys.close());
  return { vault, keys };
}
