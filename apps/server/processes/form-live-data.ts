import { listSubscriptionDetails, subscription } from '#read-models';
import { isRefusal } from '#kernel';
import { refusalOf, staleText, type Hindrance } from '#subscription';
import type { FormFault, LiveData } from '#workflow';
import type { Parts } from '../composition/parts.js';
import { productEnded } from './product-ended.js';
import type { Gathered, StartRules } from '../subscriptions/start-rules.js';

/** As many as a choice can show. */
const CHOICES = 500;
const fault = (loc: string, msg: string, input: unknown, ctx?: object): readonly FormFault[] => [
  { loc: [loc], msg, type: 'value_error', input, ...(ctx && { ctx }) },
];

/** What the form of `workflow` may ask; texts are those of the Workflow Orchestrator (reference 1.9). `gather`: what a start is judged by. */
export function formLiveData(
  parts: Parts,
  rules: StartRules,
  workflow: string,
  gather = (id: string): Promise<Gathered> => rules.gather(id),
): LiveData {
  const { readModels, catalogue } = parts;
  const faultsOf = (gathered: Gathered, version?: number): readonly FormFault[] => {
    const { subscription_id, product_id, version: current } = gathered.found;
    const offered = catalogue.find(product_id)?.workflows ?? [];
    if (!offered.some(({ name }) => name === workflow))
      return fault('subscription_id', 'This workflow is not valid for this subscription', subscription_id);
    const hindrance = rules.hindranceOf(gathered, workflow);
    if (hindrance) return fault('subscription_id', cannotStart(hindrance), subscription_id, hindrance);
    return version === undefined || version === current ? [] : fault('__root__', staleText(version, current), version);
  };
  return {
    subscription: (id) => subscription(readModels, id),
    async subscriptions({ productId, status }) {
      const sort = [{ field: 'start_date', direction: 'asc' }] as const;
      const query = { product: productId, status, sort, range: [0, CHOICES] as const };
      return (await listSubscriptionDetails(readModels, query)).items;
    },
    productEnded: (productId) => productEnded(parts, productId),
    async startFaults(id, version) {
      try {
        return faultsOf(await gather(id), version);
      } catch (error) {
        if (!isRefusal(error) || error.code !== 'subscription_not_found') throw error;
        return fault('subscription_id', 'Subscription not found', id);
      }
    },
  };
}

const cannotStart = (hindrance: Hindrance): string =>
  `This workflow cannot be started: ${refusalOf(hindrance).message}`;
