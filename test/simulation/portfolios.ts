import { Type } from 'typebox';
import { ASK_CHILD_OPERATION, childOperationPolicy } from '#provisioning/published';
import { PlanRegistry, portfolioDecider, stagePlan, type Stage } from '#portfolio';
import type { RequestPolicy } from '#runtime';

const retry = { initialMs: 500, coefficient: 2, capMs: 5_000, jitter: 0.5, limit: 1_000 };
const policies: Record<string, RequestPolicy> = {
  at_once: { retry, unknown: 'repeat', completion: { kind: 'at_once' } },
  poll: { retry, unknown: 'repeat', completion: { kind: 'poll', everyMs: 1_000, deadlineMs: 3_600_000 } },
  callback: { retry, unknown: 'repeat', completion: { kind: 'callback', deadlineMs: 3_600_000 } },
};

const stage = (name: string, before: string | undefined, ending: string): Stage => ({
  name,
  label: name.toLowerCase(),
  payload: {
    schema: Type.Object({ value: Type.Integer() }),
    from: { value: before === undefined ? { fact: 'seed' } : { stage: before, field: 'value' } },
  },
  effect: name,
  pollEffect: ending === 'poll' ? `${name}_POLL` : undefined,
  policy: policies[ending]!,
  result: Type.Object({ value: Type.Integer() }),
});

/** Provisioned through an operation of its own; its end message brings the resource. */
const byOperation: Stage = {
  ...stage('FIFTH', 'FOURTH', 'callback'),
  pollEffect: ASK_CHILD_OPERATION,
  policy: childOperationPolicy(retry, 20_000),
  wire: { result: { value: 'resources.it.address.value' } },
};

/** One stage of each ending, and one by an operation; each adds one to the value that the stage before it gave. */
export const plan = stagePlan({
  csp: 'simulated',
  name: 'simulated',
  version: 1,
  facts: Type.Object({ seed: Type.Integer() }),
  stages: [
    stage('FIRST', undefined, 'at_once'),
    stage('SECOND', 'FIRST', 'poll'),
    stage('THIRD', 'SECOND', 'callback'),
    stage('FOURTH', 'THIRD', 'at_once'),
    byOperation,
  ],
});

export const simulatedPortfolios = () => portfolioDecider(new PlanRegistry().register(plan));
