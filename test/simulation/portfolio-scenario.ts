import type { Outcome } from '#kernel';
import {
  childOperationEffect,
  operationDecider,
  operationEvents,
  ProvisionerRegistry,
  provisioningEffects,
  type Provisioner,
  type ResourceManifest,
} from '#provisioning';
import { MemoryVault } from '#testing';
import { portfolioEvents } from '#portfolio/published';
import { plan, simulatedPortfolios } from './portfolios.js';
import type { Scenario } from './world.js';

const never: Outcome = { kind: 'pending' };
const noSecrets = new MemoryVault();
const manifestOf = (input: unknown): ResourceManifest => ({
  needs: [{ id: 'it', type: 'it', parameters: input as Record<string, unknown> }],
});
const retry = { initialMs: 500, coefficient: 2, capMs: 5_000, jitter: 0.5, limit: 1_000 };
const registryOf = (call: Provisioner['call']) =>
  new ProvisionerRegistry().register({ type: 'it', terms: { retry }, call });

/** Four portfolios through a plan with a stage of each ending. */
export const portfolios: Scenario = {
  deciders: { portfolio: simulatedPortfolios(), operation: operationDecider(registryOf(async () => never)) },
  events: [...portfolioEvents, ...operationEvents],
  effects: (outside, clock, alive, dispatcher) => [
    ...provisioningEffects(
      registryOf((call) =>
        outside.effect('IT', 'at_once', clock, alive).run({ ...call, input: call, stream: '', key: '' }),
      ),
      { vault: noSecrets, clock, dispatcher },
    ),
    childOperationEffect('FIFTH', manifestOf, { clock, dispatcher, childId: (key) => key.replaceAll('/', '_') }),
    outside.effect('FIRST', 'at_once', clock, alive),
    outside.effect('SECOND', 'poll', clock, alive),
    outside.poller('SECOND_POLL', 'SECOND', clock),
    outside.effect('THIRD', 'callback', clock, alive),
    outside.effect('FOURTH', 'at_once', clock, alive),
  ],
  result: (name, input) => {
    const { value, parameters } = input as { value: number; parameters?: { value: number } };
    return name === 'IT' ? { address: { value: parameters!.value + 1 } } : { value: value + 1 };
  },
  begin: Array.from({ length: 4 }, (_, i) => ({
    stream: `portfolio-${i}`,
    command: {
      type: 'CreatePortfolio',
      name: `p${i}`,
      csp: plan.csp,
      facts: { seed: i * 10 },
      advance: 'automatic',
      time: 0,
    },
  })),
  ended: (state: { phase: string }) => state.phase === 'COMPLETED',
  recordedBy: ['StageCompleted'],
};
