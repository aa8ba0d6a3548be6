import type { Catalogue } from '#catalogue';
import { isRefusal, type Fault } from '#kernel';
import { jsonPointer } from '#platform';
import {
  catalogueRecords,
  countEndedTasks,
  endedTasks,
  stoppedProcesses,
  storedValues,
  subscriptionIdsIn,
  subscriptionRanges,
  type RangeSelection,
  type ReadModels,
} from '#read-models';
import type { SchedulingPorts } from '#schedule';
import type { Selection, TaskPorts } from '#tasks';
import type { WorkflowDefinition } from '#workflow';
import { validateProducts, type ProductFault } from '../products/product-validation.js';
import { builtIn } from '../translations/translations.js';

interface Given {
  readonly readModels: ReadModels;
  readonly catalogue: Catalogue;
  /** A function, because the tasks are among them. */
  readonly workflows: () => readonly WorkflowDefinition[];
  readonly viewsCaughtUp: () => Promise<unknown>;
  readonly starting: SchedulingPorts['starting'];
  /** Whether subscriptions out of sync are validated too. */
  readonly outOfSyncToo: boolean;
}

/** What tasks see of the running system: the views, when they hold everything that is in the log. */
export function taskPorts(given: Given): TaskPorts {
  const { readModels, catalogue, workflows, viewsCaughtUp, starting, outOfSyncToo } = given;
  const caughtUp = async () => {
    await viewsCaughtUp();
    return readModels;
  };
  const selection = ({ productType, validatable }: Selection): RangeSelection => ({
    validatable,
    outOfSyncToo,
    productIds: productType === undefined ? undefined : idsOfType(catalogue, productType),
  });
  return {
    productTypes: () => [...new Set(catalogue.registered.map((each) => each.productType))].sort(),
    ranges: async (of) => subscriptionRanges(await caughtUp(), selection(of)),
    subscriptionsIn: async (range, of) => subscriptionIdsIn(await caughtUp(), range, selection(of)),
    async validating(id, actor, createdBy) {
      const [stored] = await storedValues(readModels, [id]);
      const product = stored && catalogue.find(stored.product_id);
      const validation = product?.workflows.find(({ target }) => target === 'VALIDATE');
      if (validation === undefined) return undefined;
      const who = { actor, tenant: 'default' };
      return starting(validation.name, [{ subscription_id: id }], who, createdBy).catch(unlessRefused);
    },
    async catalogueFaults() {
      const records = await catalogueRecords(await caughtUp());
      const texts = new Set(Object.keys(builtIn(workflows())['workflow'] as object).map((key) => `workflow.${key}`));
      const given = { catalogue, workflows: workflows(), records, translations: texts, subscriptions: [] };
      return validateProducts(given).map(asFault);
    },
    async subscriptionFaults(ids) {
      const subscriptions = await storedValues(readModels, ids);
      const nothing = { workflows: [], records: new Map(), translations: new Set<string>() };
      const faults = validateProducts({ catalogue, ...nothing, subscriptions });
      return faults.filter(({ check }) => check === 'subscriptions').map(asFault);
    },
    endedTasks: async (before, limit) => endedTasks(await caughtUp(), before, limit),
    countEndedTasks: async (before) => countEndedTasks(await caughtUp(), before),
    stopped: async (limit) => stoppedProcesses(await caughtUp(), limit),
  };
}

const idsOfType = (catalogue: Catalogue, type: string): readonly string[] =>
  catalogue.registered.filter(({ productType }) => productType === type).map(({ productId }) => productId);

const asFault = ({ check, subject, message }: ProductFault): Fault => ({
  pointer: jsonPointer([check, subject]),
  message,
});

function unlessRefused(error: unknown): undefined {
  if (!isRefusal(error) || error.status >= 500) throw error;
}
