import { Type, type TProperties } from 'typebox';
import {
  forEach,
  step,
  workflow,
  type ProcessState,
  type StepContext,
  type Values,
  type WorkflowDefinition,
} from '#workflow';
import { processStream } from '#workflow/published';
import { unlessUnfit } from './clean-up-tasks.task.js';
import type { IdRange, Selection, TaskPorts } from './task.ports.js';

export const range = Type.Object({ after: Type.String(), upTo: Type.String() });
const productType = { product_type: Type.String() };
const about = { version: 1, target: 'SYSTEM', isTask: true } as const;

/** Starts the validation of every active subscription of all products; of those out of sync only where the settings say so. */
export const validateSubscriptions = (ports: TaskPorts): WorkflowDefinition =>
  workflow(
    { ...about, key: 'task_validate_subscriptions', description: 'Validate all subscriptions' },
    startingAll(ports, {}, () => ({ validatable: true })),
  );

/** The same for the products of one type. */
export const validateProductType = (ports: TaskPorts): WorkflowDefinition =>
  workflow(
    {
      ...about,
      key: 'task_validate_product_type',
      description: 'Validate all subscriptions of a product type',
      input: productType,
    },
    startingAll(ports, productType, ({ product_type }) => typed(product_type)),
  );

/** `of`: which subscriptions, told by what the steps read beside their range. */
const startingAll = <R extends TProperties>(ports: TaskPorts, reads: R, of: (state: Values<R>) => Selection) =>
  [
    step({
      key: 'find_subscriptions',
      name: 'Find subscriptions',
      reads,
      adds: { ranges: Type.Array(range) },
      handler: async (state) => ({ ranges: [...(await ports.ranges(of(state)))] }),
    }),
    forEach(
      'validations',
      'ranges',
      [
        step({
          key: 'start_validations',
          name: 'Start validations',
          reads: { ...reads, item: range },
          adds: { started: Type.Integer(), left_out: Type.Integer() },
          handler: (state, context) =>
            startAll(ports, (state as { item: IdRange }).item, of(state as Values<R>), context),
        }),
      ],
      { concurrency: 1 },
    ),
  ] as const;

const typed = (productType: string): Selection => ({ productType, validatable: true });

/** Each validation is a process whose id derives from this one and the subscription: a repeat finds it there. */
async function startAll(ports: TaskPorts, item: IdRange, of: Selection, context: StepContext) {
  let [started, left_out] = [0, 0];
  for (const id of await ports.subscriptionsIn(item, of))
    if (await startOne(ports, id, context)) started++;
    else left_out++;
  return { started, left_out };
}

async function startOne(ports: TaskPorts, subscriptionId: string, context: StepContext): Promise<boolean> {
  const stream = processStream(context.id(`validate/${subscriptionId}`));
  const { status } = await context.load<ProcessState>(stream);
  if (status !== 'none') return true;
  const createdBy = `process:${context.processId}`;
  const command = await ports.validating(subscriptionId, context.actor, createdBy);
  if (command === undefined) return false;
  return context.dispatch(stream, command, `validate ${subscriptionId}`).then(
    () => true,
    (error: unknown) => {
      unlessUnfit(error);
      return false;
    },
  );
}
