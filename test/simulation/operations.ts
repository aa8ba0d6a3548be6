import type { Clock } from '#kernel';
import {
  DEFAULT_TERMS,
  operationDecider,
  operationEvents,
  ProvisionerRegistry,
  provisioningEffects,
  type NeedTerms,
  type OperationCommand,
  type OperationState,
  type Provisioner,
} from '#provisioning';
import type { EffectCall } from '#runtime';
import { MemoryVault } from '#testing';
import type { Outside } from './outside.js';
import type { Scenario, World } from './world.js';

const ENDINGS = ['at_once', 'poll', 'callback'] as const;
const retry = { initialMs: 500, coefficient: 2, capMs: 5_000, jitter: 0.5, limit: 1_000 };
const terms: NeedTerms = { ...DEFAULT_TERMS, retry, deadlineMs: 3_600_000, pollMs: 1_000 };

/** A provisioner of each kind in the unreliable outside. */
export function outsideProvisioners(outside: Outside, clock: Clock, alive: () => boolean): readonly Provisioner[] {
  const effectCall = (call: { readonly operationId: string; readonly idempotencyKey: string }): EffectCall => {
    const stream = `operation-${call.operationId}`;
    return { ...call, stream, key: call.idempotencyKey.slice(stream.length + 1), input: call } as never;
  };
  return ENDINGS.map((ending) => ({
    type: ending,
    terms,
    concurrency: 3,
    call: (call) => outside.effect(ending, ending, clock, alive).run(effectCall(call)),
    ask: (call) => outside.poller(`${ending}_ASK`, ending, clock).run(effectCall(call)),
  }));
}

export const resources = (_: string, input: unknown) => {
  const { type, needId, operationId } = input as { type: string; needId: string; operationId: string };
  return type === 'provision' ? { id: `${operationId}-${needId}`, address: { of: needId } } : {};
};

export const nowhere = { effect: () => ({}), poller: () => ({}) } as unknown as Outside;
const decidingOnly = new ProvisionerRegistry().register(
  ...outsideProvisioners(nowhere, undefined as never, () => true),
);
const noSecrets = new MemoryVault();

/** Four operations with a need of each kind, on one log. */
export const operations: Scenario = {
  deciders: { operation: operationDecider(decidingOnly) },
  events: operationEvents,
  effects: (outside, clock, alive, dispatcher) => {
    const registry = new ProvisionerRegistry().register(...outsideProvisioners(outside, clock, alive));
    return provisioningEffects(registry, { vault: noSecrets, clock, dispatcher });
  },
  result: resources,
  begin: [1, 2, 3, 4].map((n) => ({
    stream: `operation-${n}`,
    command: {
      type: 'CreateOperation',
      manifest: {
        needs: [0, 1, 2].map((i) => ({ id: `need${i}`, type: ENDINGS[(n + i) % 3]! })),
        policy: { onFailure: n % 2 === 0 ? 'leave' : 'take_back' },
      },
      time: 0,
    },
  })),
  ended: (state: OperationState) => state.status === 'PROVISIONED',
  recordedBy: ['RequestCompleted'],
};

const resting = ['PROVISIONED', 'DEPROVISIONED', 'PROVISIONING_FAILED', 'DEPROVISIONING_FAILED'];

/** The same with people who retry, give up and take back at random. */
export const meddledWith: Scenario = {
  ...operations,
  ended: (state: OperationState) => resting.includes(state.status),
  meddle: (random): OperationCommand => {
    const chance = random();
    if (chance < 0.3) return { type: 'FailOperation', reason: 'impatient', time: 0 };
    return chance < 0.6 ? { type: 'RetryOperation', time: 0 } : { type: 'DeprovisionOperation', time: 0 };
  },
};

/** What was really done last about a need, `<stream>/<need>`. */
export function exists(world: World, need: string): boolean {
  const done = [...world.outside.applied.keys()].filter((key) => key.startsWith(`${need}/`));
  return done.at(-1)?.startsWith(`${need}/provision/`) ?? false;
}
