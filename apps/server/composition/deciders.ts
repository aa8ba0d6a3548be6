import { PRODUCT, productDecider, type Catalogue } from '#catalogue';
import { cspDecider, csps } from '#csp';
import { CSP_CATEGORY } from '#csp/published';
import { PlanRegistry, portfolioDecider } from '#portfolio';
import { SUBJECT, subjectDecider } from '#privacy';
import { operationDecider, type ProvisionerRegistry } from '#provisioning';
import type { AnyDecider } from '#runtime';
import { OCCURRENCE, occurrenceDecider, SCHEDULE, scheduleDecider } from '#schedule';
import { engineDecider, SETTINGS } from '#settings';
import { subscriptionDecider } from '#subscription';
import { processDecider, type WorkflowRegistry } from '#workflow';

/** What instances run in this process. */
export interface Definitions {
  readonly plans: PlanRegistry;
  readonly workflows: WorkflowRegistry;
  readonly provisioners: ProvisionerRegistry;
  readonly catalogue: Catalogue;
}

export const allPlans = (): PlanRegistry =>
  csps.flatMap((csp) => csp.plans).reduce((registry, plan) => registry.register(plan), new PlanRegistry());

/** By category of stream; one line per kind of instance. */
export const decidersOf = ({
  plans,
  workflows,
  provisioners,
  catalogue,
}: Definitions): Readonly<Record<string, AnyDecider>> => ({
  portfolio: portfolioDecider(plans),
  process: processDecider(workflows),
  [CSP_CATEGORY]: cspDecider,
  subscription: subscriptionDecider(catalogue),
  [PRODUCT]: productDecider,
  operation: operationDecider(provisioners),
  [SETTINGS]: engineDecider,
  [SUBJECT]: subjectDecider,
  [SCHEDULE]: scheduleDecider,
  [OCCURRENCE]: occurrenceDecider,
});
