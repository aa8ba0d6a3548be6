import { Type } from 'typebox';
import { catalogue, productRegistry, type DirectoryPort } from '#products';
import { operationDecider, operationEvents, ProvisionerRegistry, provisioningEffects } from '#provisioning';
import { subscriptionDecider } from '#subscription';
import { subscriptionEvents } from '#subscription/published';
import type { Clock, Outcome } from '#kernel';
import type { EffectCall } from '#runtime';
import { forEach, parallel, processDecider, processEffects, step, workflow, type StepContext } from '#workflow';
import { MemoryVault } from '#testing';
import { processEvents } from '#workflow/published';
import type { Outside } from './outside.js';
import type { Scenario } from './world.js';

type Call = (name: string, context: StepContext, input: unknown) => Promise<{ value: number }>;

/** Two branches at once, one of two steps, then a step for each of a list; every value depends on what came before. */
const fan = (call: Call) => {
  const value = Type.Object({ value: Type.Integer() });
  return workflow(
    { key: 'fan', version: 1, target: 'SYSTEM', description: 'Fan', input: { items: Type.Array(Type.Integer()) } },
    [
      parallel('both', {
        left: [
          step({ key: 'a', adds: { a: value }, handler: async (_, context) => ({ a: await call('a', context, 1) }) }),
          step({
            key: 'b',
            reads: { a: value },
            adds: { b: value },
            handler: async ({ a }, context) => ({ b: await call('b', context, a.value) }),
          }),
        ],
        right: [
          step({ key: 'c', adds: { c: value }, handler: async (_, context) => ({ c: await call('c', context, 5) }) }),
        ],
      }),
      forEach(
        'each',
        'items',
        [
          step({
            key: 'd',
            reads: { item: Type.Integer() },
            adds: { d: value },
            handler: async ({ item }, context) => ({ d: await call('d', context, item) }),
          }),
        ],
        { concurrency: 2 },
      ),
    ],
  );
};

/** Asks the unreliable outside the way an effect would, and answers or throws as it does. */
export async function ask(
  outside: Outside,
  clock: Clock,
  alive: () => boolean,
  name: string,
  context: StepContext,
  input: unknown,
) {
  const { idempotencyKey, attempt, signal } = context;
  const stream = `process-${context.processId}`;
  const call = {
    stream,
    key: idempotencyKey.slice(stream.length + 1),
    idempotencyKey,
    attempt,
    input,
    signal,
  } as EffectCall;
  const outcome: Outcome = await outside.effect(name, 'at_once', clock, alive).run(call);
  if (outcome.kind !== 'done') throw new Error('the outside failed');
  return outcome.result as { value: number };
}

/** The simulated workflows only make groups. */
const unused = (): Promise<never> => Promise.reject(new Error('not simulated'));
const noUsers: Omit<DirectoryPort, 'findGroup' | 'createGroup'> = {
  renameGroup: unused,
  deleteGroup: async () => undefined,
  findUser: unused,
  createUser: unused,
  replaceUser: unused,
  deleteUser: unused,
  isMember: unused,
  addMember: unused,
  removeMember: unused,
};

const directory = (call: Call): DirectoryPort => ({
  findGroup: async () => undefined,
  createGroup: async (displayName, externalId, signal) => {
    const context = {
      processId: externalId,
      idempotencyKey: `process-${externalId}/group/1`,
      attempt: 1,
      signal,
    } as never;
    const { value } = await call('group', context, displayName.length);
    return { id: `g-${value}`, displayName, externalId };
  },
  ...noUsers,
});

const network = { findCircuit: unused, createCircuit: unused, replaceCircuit: unused, deleteCircuit: unused };

const decidingOnly = productRegistry({ directory: directory(async () => ({ value: 0 })), network }, [
  fan(async () => ({ value: 0 })),
]);

const noSecrets = new MemoryVault();

/** The User Group workflow with its subscription and operation, and the fan, on one log. Definitions keep trying: only chaos is under test. */
export const processes: Scenario = {
  deciders: {
    process: processDecider(decidingOnly.workflows),
    subscription: subscriptionDecider(catalogue),
    operation: operationDecider(new ProvisionerRegistry().register(...decidingOnly.provisioners)),
  },
  events: [...processEvents, ...subscriptionEvents, ...operationEvents],
  effects: (outside, clock, alive, dispatcher) => {
    const call: Call = (name, context, input) => ask(outside, clock, alive, name, context, input);
    const { workflows, provisioners } = productRegistry({ directory: directory(call), network }, [fan(call)]);
    const registry = new ProvisionerRegistry().register(...provisioners);
    return [
      ...processEffects(workflows, { dispatcher, clock, concurrency: 3 }),
      ...provisioningEffects(registry, { vault: noSecrets, clock, dispatcher }),
    ];
  },
  result: (name, input) => ({ value: (input as number) * 2 + name.length }),
  begin: [
    ...[1, 2].map((n) => ({
      stream: `process-00000000-0000-4000-8000-00000000000${n}`,
      command: {
        type: 'StartProcess',
        workflow: 'create_user_group',
        state: { group_name: `group ${n}` },
        createdBy: 'simulation',
        time: 0,
      },
    })),
    ...[3, 4].map((n) => ({
      stream: `process-00000000-0000-4000-8000-00000000000${n}`,
      command: {
        type: 'StartProcess',
        workflow: 'fan',
        state: { items: [1, 2, 3, n] },
        createdBy: 'simulation',
        time: 0,
      },
    })),
  ],
  ended: (state: { status: string }) => state.status === 'completed',
  recordedBy: ['StepCompleted', 'RequestCompleted'],
  rescue: (state: { status: string }) => (state.status === 'failed' ? { type: 'ResumeProcess', time: 0 } : undefined),
};
