import { childrenEffects, cspEffects, csps, type Fetch } from '#csp';
import type { EventLog } from '#event-store';
import type { Clock, ErasableVault, Ids } from '#kernel';
import type { Config, Metrics } from '#platform';
import type { PortfolioState } from '#portfolio';
import { provisioningEffects } from '#provisioning';
import { catalogue, httpNetwork, productRegistry } from '#products';
import { openRunOf, openWork, portfolioChildren, type ReadModels } from '#read-models';
import { CallbackTokens, Runtime, type Shared } from '#runtime';
import { scheduleEffects, type SchedulingPorts } from '#schedule';
import { taskForms, taskWorkflows } from '#tasks';
import { processEffects, type WorkflowDefinition, type WorkflowRegistry } from '#workflow';
import type { Logger } from 'pino';
import { observing } from '../health/observer.js';
import { mailEffect } from '../notices/mail.effect.js';
import { cspGates, readPause } from './csp-gates.js';
import { allPlans, decidersOf } from './deciders.js';
import { configuredDirectory } from './directory.js';
import { readEngine } from './engine-lock.js';
import { forgetEffect, type ErasableKeys } from '../privacy/forget.effect.js';
import { taskPorts } from '../tasks/task-ports.js';
import { configuredProvisioners } from './provisioners.js';

interface Given {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: EventLog;
  readonly vault: ErasableVault;
  readonly keys: ErasableKeys;
  readonly readModels: ReadModels;
  /** Definitions beside those of the products. */
  readonly more?: readonly WorkflowDefinition[];
  /** Instead of the network, for tests of what a CSP answers. */
  readonly cspFetch?: Fetch;
  /** Resolves when the views hold everything that is in the log now. */
  readonly viewsCaughtUp: () => Promise<unknown>;
  /** Nobody else can have the log. */
  readonly alone: boolean;
  readonly shared?: Shared;
  /** Makes the starting command of a run of a schedule. */
  readonly starting: SchedulingPorts['starting'];
}

/** The runner with every decider and effect, and the definitions they run. Not started. */
export async function openRuntime({
  config,
  logger,
  metrics,
  clock,
  ids,
  log,
  vault,
  keys: subjectKeys,
  readModels,
  more,
  ...given
}: Given) {
  const plans = allPlans();
  const gates = cspGates(config, clock);
  const parents = async (id: string) => (await runtime.load<PortfolioState>(`portfolio-${id}`)).state;
  // The views must know every child that named its parent before the parent was told to go.
  const childrenOf = async (id: string) => {
    await given.viewsCaughtUp();
    return (await portfolioChildren(readModels, id)).map((child) => child.id);
  };
  // What was begun must show, or a schedule would have two runs at a time.
  const openRun = async (createdBy: string) => {
    await given.viewsCaughtUp();
    return openRunOf(readModels, createdBy);
  };
  const operations = { clock, dispatcher: () => runtime };
  const csp = { ...cspSettings(config, vault), parents, operations, fetch: given.cspFetch };
  const { viewsCaughtUp, starting } = given;
  const outOfSyncToo = config.validateOutOfSync;
  const tasks = taskPorts({
    readModels,
    catalogue,
    viewsCaughtUp,
    starting,
    outOfSyncToo,
    workflows: () => workflows.all(),
  });
  const products = productRegistry(
    { directory: configuredDirectory(config), network: httpNetwork(config.nrmUrl, config.nrmToken) },
    [...taskWorkflows(tasks), ...(more ?? [])],
  );
  const workflows: WorkflowRegistry = products.workflows;
  const forms = taskForms(tasks);
  const formOf: typeof products.formOf = (workflow) => forms[workflow] ?? products.formOf(workflow);
  const provisioners = configuredProvisioners(config).register(...products.provisioners);
  const keys = config.callbackKeys.map(({ id, key }) => ({ id, key }));
  const tokens = new CallbackTokens(keys, config.publicUrl);
  const runtime: Runtime = new Runtime({
    log,
    clock,
    ids,
    tokens,
    effects: [
      ...csps.flatMap((each) => cspEffects(each, csp, gates.get(each.name))),
      ...childrenEffects({
        plans,
        childrenOf,
        load: async (stream) => (await runtime.load<PortfolioState>(stream)).state,
        send: (stream, command, context) => runtime.dispatch(stream, command, context),
        now: () => clock.now(),
      }),
      mailEffect(config.smtpUrl, config.mailFrom),
      forgetEffect(subjectKeys),
      ...processEffects(workflows, { dispatcher: () => runtime, clock }),
      ...scheduleEffects({ dispatcher: () => runtime, clock, openRun, starting: given.starting }),
      ...provisioningEffects(provisioners, { vault, clock, dispatcher: () => runtime }),
    ],
    graceMs: config.deadlineGraceSeconds * 1_000,
    openWork: (dueBefore) => openWork(readModels, dueBefore),
    worker: config.roles.includes('worker'),
    othersDead: given.alone,
    shared: given.shared,
    observe: observing(metrics, logger, log.store),
  });
  const deciders = decidersOf({ plans, workflows, provisioners, catalogue });
  for (const [category, decider] of Object.entries(deciders)) runtime.register(category, decider);
  await readEngine({ runtime });
  for (const name of gates.keys()) await readPause({ gates, runtime }, name);
  return { plans, gates, provisioners, workflows, formOf, catalogue, tokens, runtime };
}

const cspSettings = (config: Config, vault: ErasableVault) => ({
  baseUrl: config.cspUrl,
  vault,
  root: { tenantId: config.cspTenantId, clientId: config.cspClientId, clientSecret: config.cspClientSecret },
  attemptMs: config.cspAttemptMs,
});
