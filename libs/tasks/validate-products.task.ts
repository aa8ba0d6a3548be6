import { Type } from 'typebox';
import type { Fault, Outcome } from '#kernel';
import { forEach, step, workflow, type WorkflowDefinition } from '#workflow';
import type { TaskPorts } from './task.ports.js';
import { range } from './validate-subscriptions.task.js';

/** Told of one step; the message tells how many there are. */
const MOST_FAULTS = 100;

/**
 * Holds code, records and subscriptions against each other: every workflow of a product is there with its target and its text, products
 * have the workflows they need, and every subscription can be loaded. Ends as inconsistent_data with the faults where they do not fit.
 */
export const validateProductsTask = (ports: TaskPorts): WorkflowDefinition =>
  workflow(
    {
      key: 'task_validate_products',
      version: 1,
      target: 'SYSTEM',
      isTask: true,
      description: 'Validate products and subscriptions against the code',
    },
    [
      step({
        key: 'validate_catalogue',
        name: 'Validate products, workflows and texts',
        handler: async () => outcomeOf(await ports.catalogueFaults()),
      }),
      step({
        key: 'find_subscriptions',
        name: 'Find subscriptions',
        adds: { ranges: Type.Array(range) },
        handler: async () => ({ ranges: [...(await ports.ranges({}))] }),
      }),
      forEach('validated', 'ranges', [
        step({
          key: 'validate_subscriptions',
          name: 'Validate subscriptions',
          reads: { item: range },
          handler: async ({ item }) => outcomeOf(await ports.subscriptionFaults(await ports.subscriptionsIn(item, {}))),
        }),
      ]),
    ],
  );

function outcomeOf(faults: readonly Fault[]): Outcome {
  if (faults.length === 0) return { kind: 'done', result: {} };
  const told = faults.slice(0, MOST_FAULTS);
  const message = `${faults.length} faults: ${told[0]!.pointer} ${told[0]!.message}`;
  return { kind: 'failed', failure: { kind: 'refused', code: 'inconsistent_data', message, fields: told } };
}
