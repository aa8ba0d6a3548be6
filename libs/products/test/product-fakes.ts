import { operationDecider, operationEvents, ProvisionerRegistry, provisioningEffects } from '#provisioning';
import { claimTerms, subscriptionDecider, type ExistingSubscription } from '#subscription';
import { subscriptionEvents, subscriptionStream } from '#subscription/published';
import { MemoryVault } from '#testing';
import type { WorkflowDefinition } from '#workflow';
import type { Fakes, RunBefore } from '#workflow/testing';
import { catalogue, productRegistry } from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';

type Data = Readonly<Record<string, unknown>>;
export type ProductFakes = Fakes & { readonly registry: ReturnType<typeof productRegistry>['workflows'] };

/** What a workflow finds before it starts: runs others and answers its initial state. `ports` may be changed by hand. */
export type Before = (
  run: RunBefore,
  ports: { readonly directory: FakeDirectory; readonly network: FakeNetwork },
) => Promise<Data>;

/** The products against a directory and a network in memory. */
export const productFakes = (before: Before) => (): ProductFakes => {
  const ports = { directory: new FakeDirectory(), network: new FakeNetwork() };
  const { workflows: registry, provisioners } = productRegistry(ports);
  const known = new ProvisionerRegistry().register(...provisioners);
  return {
    registry,
    workflows: registry.all(),
    deciders: { subscription: subscriptionDecider(catalogue), operation: operationDecider(known) },
    events: [...subscriptionEvents, ...operationEvents],
    effects: (given) => provisioningEffects(known, { vault: new MemoryVault(), ...given }),
    claims: ({ key: name, target, isTask }, { subscription_id: id }, dispatcher) =>
      claimsOf({ name, target, isTask }, id, dispatcher),
    before: (run) => before(run, ports),
    outside: () => ({
      groups: [...ports.directory.groups],
      users: [...ports.directory.users],
      members: [...ports.directory.members],
      circuits: [...ports.network.circuits],
    }),
  };
};

/** The claim the server gives a start. */
async function claimsOf(
  about: Parameters<typeof claimTerms>[0],
  id: unknown,
  dispatcher: Parameters<NonNullable<Fakes['claims']>>[2],
) {
  if (typeof id !== 'string') return undefined;
  const { state } = await dispatcher.load<ExistingSubscription>(subscriptionStream(id));
  const { usableWhen, outOfSyncAllowed, blockedByUsers } = claimTerms(about, catalogue.find(state.productId));
  return { subscriptionId: id, usableWhen, outOfSyncAllowed, blockedByUsers };
}

export const definitionOf =
  (key: string) =>
  ({ registry }: ProductFakes): WorkflowDefinition =>
    registry.latest(key)!.definition;
