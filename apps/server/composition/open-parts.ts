import { mkdirSync } from 'node:fs';
import { EventLog, EventRegistry } from '#event-store';
import { CSP_CATEGORY, cspDecider, cspEffects, cspEvents, csps, type Fetch } from '#csp';
import { systemClock, systemIds, type Vault } from '#kernel';
import { createLogger, createMetrics, openFileVault, openSubjectKeys, type Config } from '#platform';
import { PlanRegistry, portfolioDecider, portfolioEvents, type PortfolioState } from '#portfolio';
import { catalogue, productRegistry, scimDirectory } from '#products';
import { openReadModels, openWork, projections, startProjector } from '#read-models';
import { CallbackTokens, Runtime } from '#runtime';
import { subscriptionDecider, subscriptionEvents } from '#subscription';
import { processDecider, processEffects, processEvents, type WorkflowDefinition } from '#workflow';
import { openEmbeddedStore } from '../../../libs/event-store/embedded/index.js';
import { mailEffect } from '../notices/mail.effect.js';
import { observing } from '../health/observer.js';
import { cspGates, readPause } from './csp-gates.js';
import { Closing } from './closing.js';
import type { Parts } from './parts.js';

const DRAIN_MS = 8_000;

export interface OpenOptions {
  /** Rebuilds the views when acknowledged events are missing from the log. */
  readonly acceptLoss?: boolean;
  /** Definitions beside those of the products. */
  readonly workflows?: readonly WorkflowDefinition[];
  /** Takes the place of the network on the way to the CSPs. */
  readonly cspFetch?: Fetch;
}

/**
 * Opens the log, the vault and the views, and waits until the views have caught up. The runtime is made but not started: that
 * needs the HTTP port, because effects hand out callback addresses. Throws StoreErrors; what was opened is closed again.
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

async function open(
  config: Config,
  { acceptLoss = false, workflows: more, cspFetch }: OpenOptions,
  closing: Closing,
): Promise<Parts> {
  const logger = createLogger({ level: config.logLevel });
  const metrics = createMetrics();
  const [clock, ids] = [systemClock, systemIds()];
  mkdirSync(config.dataDir, { recursive: true });
  const directory = config.dataDir;
  const onWarning = (message: string) => logger.warn(message);
  const store = await openEmbeddedStore({ directory, acceptLoss, onWarning });
  closing.add(() => store.close());
  const [vault, keys] = await openVault(config, closing);
  const registry = new EventRegistry().register([
    ...portfolioEvents,
    ...cspEvents,
    ...processEvents,
    ...subscriptionEvents,
  ]);
  const log = new EventLog(store, registry, keys);
  const readModels = await openReadModels({ directory, acceptLoss });
  closing.add(() => readModels.close());
  const stopped = new AbortController();
  const projector = await startProjector({
    store,
    decode: (stored) => log.decode(stored),
    readModels,
    projections,
    signal: stopped.signal,
  });
  closing.add(async () => {
    stopped.abort();
    await projector.done.catch((error: unknown) => logger.error({ err: error }, 'the projector had stopped'));
  });
  await projector.waitFor(await store.head(), 600_000);
  const plans = csps
    .flatMap((csp) => csp.plans)
    .reduce((registry, plan) => registry.register(plan), new PlanRegistry());
  const { workflows, formOf } = productRegistry({ directory: scimDirectory(config.scimUrl, config.scimToken) }, more);
  const tokens = new CallbackTokens(tokenKeys(config), config.publicUrl);
  const gates = cspGates(config, clock);
  const parents = async (id: string) => (await runtime.load<PortfolioState>(`portfolio-${id}`)).state;
  const runtime: Runtime = new Runtime({
    log,
    clock,
    ids,
    tokens,
    effects: [
      ...csps.flatMap((csp) =>
        cspEffects(csp, { ...cspSettings(config, vault), parents, fetch: cspFetch }, gates.get(csp.name)),
      ),
      mailEffect(config.smtpUrl, config.mailFrom),
      ...processEffects(workflows, { dispatcher: () => runtime, clock }),
    ],
    openWork: (dueBefore) => openWork(readModels, dueBefore),
    worker: config.roles.includes('worker'),
    othersDead: true,
    observe: observing(metrics, logger),
  });
  runtime.register('portfolio', portfolioDecider(plans));
  runtime.register('process', processDecider(workflows));
  runtime.register(CSP_CATEGORY, cspDecider);
  for (const name of gates.keys()) await readPause({ gates, runtime }, name);
  runtime.register('subscription', subscriptionDecider(catalogue));
  closing.add(() => runtime.stop(DRAIN_MS));
  const opened = {
    config,
    logger,
    metrics,
    clock,
    ids,
    store,
    log,
    vault,
    tokens,
    plans,
    gates,
    workflows,
    formOf,
    catalogue,
  };
  return { ...opened, readModels, projector, runtime, close: () => closing.close() };
}

async function openVault({ dataDir, vaultKey }: Config, closing: Closing) {
  const options = { directory: dataDir, key: vaultKey };
  const vault = await openFileVault(options);
  closing.add(() => vault.close());
  const keys = await openSubjectKeys(options);
  closing.add(() => keys.close());
  return [vault, keys] as const;
}

const cspSettings = (config: Config, vault: Vault) => ({
  baseUrl: config.cspUrl,
  vault,
  root: { tenantId: config.cspTenantId, clientId: config.cspClientId, clientSecret: config.cspClientSecret },
  attemptMs: config.cspAttemptMs,
});

const tokenKeys = ({ callbackKeys }: Config) => callbackKeys.map(({ id, key }) => ({ id, key }));
