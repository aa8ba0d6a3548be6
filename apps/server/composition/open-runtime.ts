import { azureEffects, azurePlanV1 } from '#csp';
import type { EventLog } from '#event-store';
import type { Clock, ErasableVault, Ids } from '#kernel';
import type { Config, Metrics } from '#platform';
import { PlanRegistry, portfolioDecider } from '#portfolio';
import { operationDecider, provisioningEffects } from '#provisioning';
import { catalogue, productRegistry, scimDirectory } from '#products';
import { openWork, type ReadModels } from '#read-models';
import { CallbackTokens, Runtime, type Shared } from '#runtime';
import { subscriptionDecider } from '#subscription';
import { processDecider, processEffects, type WorkflowDefinition } from '#workflow';
import type { Logger } from 'pino';
import { observing } from '../health/observer.js';
import { configuredProvisioners } from './provisioners.js';

interface Given {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: EventLog;
  readonly vault: ErasableVault;
  readonly readModels: ReadModels;
  /** Definitions beside those of the products. */
  readonly more?: readonly WorkflowDefinition[];
  /** Nobody else can have the log. */
  readonly alone: boolean;
  readonly shared?: Shared;
}

/** The runner with every decider and effect, and the definitions they run. Not started. */
export function openRuntime({ config, logger, metrics, clock, ids, log, vault, readModels, more, ...given }: Given) {
  const plans = new PlanRegistry().register(azurePlanV1);
  const products = productRegistry({ directory: scimDirectory(config.scimUrl, config.scimToken) }, more);
  const { workflows, formOf } = products;
  const provisioners = configuredProvisioners(config).register(...products.provisioners);
  const keys = config.callbackKeys.map(({ id, key }) => ({ id, key }));
  const tokens = new CallbackTokens(keys, config.publicUrl);
  const runtime: Runtime = new Runtime({
    log,
    clock,
    ids,
    tokens,
    effects: [
      ...azureEffects({ baseUrl: config.cspUrl, vault }),
      ...processEffects(workflows, { dispatcher: () => runtime, clock }),
      ...provisioningEffects(provisioners, { vault, clock, dispatcher: () => runtime }),
    ],
    openWork: (dueBefore) => openWork(readModels, dueBefore),
    worker: config.roles.includes('worker'),
    othersDead: given.alone,
    shared: given.shared,
    observe: observing(metrics, logger, log.store),
  });
  runtime.register('portfolio', portfolioDecider(plans));
  runtime.register('process', processDecider(workflows));
  runtime.register('subscription', subscriptionDecider(catalogue));
  runtime.register('operation', operationDecider(provisioners));
  return { plans, provisioners, workflows, formOf, catalogue, tokens, runtime };
}
