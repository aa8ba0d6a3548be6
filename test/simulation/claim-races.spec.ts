import { expect, it } from '@jest/globals';
import { catalogue } from '#products';
import { subscriptionDecider, type ExistingSubscription } from '#subscription';
import { subscriptionEvents } from '#subscription/published';
import {
  processDecider,
  processEffects,
  step,
  workflow,
  WorkflowRegistry,
  type ProcessState,
  type StepResult,
} from '#workflow';
import { processEvents } from '#workflow/published';
import { by } from '../../libs/runtime/test/harness.js';
import { Cluster, type Code } from '../laws/cluster.js';
import type { Node } from './node.js';

const USED = 'subscription-used';
const claims = { subscriptionId: 'used', usableWhen: ['initial'], outOfSyncAllowed: true, blockedByUsers: false };

const code = (handler: () => Promise<StepResult<object>> | StepResult<object>): Code => {
  const registry = new WorkflowRegistry([
    workflow({ key: 'touch', version: 1, target: 'MODIFY', description: 'Touch' }, [step({ key: 'a', handler })]),
  ]);
  return {
    deciders: { process: processDecider(registry), subscription: subscriptionDecider(catalogue) },
    effects: (clock, _, dispatcher) => processEffects(registry, { dispatcher, clock }),
  };
};

async function workers(count: number, handler: () => Promise<StepResult<object>> | StepResult<object> = () => ({})) {
  const cluster = new Cluster([...processEvents, ...subscriptionEvents]);
  const nodes = Array.from({ length: count }, () => cluster.start(code(handler), count === 1));
  const about = { productId: 'p', productName: 'p', customerId: 'c', description: 'd', processId: 'x' };
  await nodes[0]!.runtime.dispatch(USED, { type: 'CreateSubscription', ...about, time: 0 } as never, by('0'));
  return { cluster, nodes };
}

const start = ({ runtime }: Node, id: string) =>
  runtime.dispatch(
    `process-${id}`,
    { type: 'StartProcess', workflow: 'touch', state: {}, createdBy: 'ann', claims, time: 1 } as never,
    by(`start ${id}`),
  );
const statusOf = async ({ runtime }: Node, id: string) =>
  (await runtime.load<ProcessState>(`process-${id}`)).state.status;
const holderOf = async ({ runtime }: Node) => (await runtime.load<ExistingSubscription>(USED)).state.holder;

it('of fifty starts at once on three workers one gets the subscription, the others get the reason', async () => {
  let end: () => void = () => undefined;
  const { cluster, nodes } = await workers(3, () => new Promise((resolve) => (end = () => resolve({}))));
  const ids = Array.from({ length: 50 }, (_, n) => String(n));
  await Promise.all(ids.map((id, n) => start(nodes[n % 3]!, id)));
  await cluster.advance(2_000);
  const held = (await holderOf(nodes[0]!))!.processId;
  for (const id of ids.filter((each) => each !== held)) {
    const { state } = await nodes[0]!.runtime.load<ProcessState>(`process-${id}`);
    expect([id, state]).toMatchObject([
      id,
      { status: 'refused', refusal: { code: 'subscription_claimed', status: 409 } },
    ]);
  }
  end();
  await cluster.advance(2_000);
  expect(await statusOf(nodes[1]!, held)).toBe('completed');
  expect(await holderOf(nodes[2]!)).toBeUndefined();
  const claimed = (await cluster.types(USED)).filter((type) => type === 'SubscriptionClaimed');
  expect(claimed).toHaveLength(1);
});

it('a pause between a start and its claim leaves nothing held; afterwards the claim goes on by itself', async () => {
  const { cluster, nodes } = await workers(1);
  const [node] = nodes as [Node];
  node.runtime.pause();
  await start(node, '1');
  await cluster.advance(60_000);
  expect([await cluster.types('process-1'), await holderOf(node)]).toEqual([['ProcessStarted'], undefined]);
  await node.runtime.unpause(cluster.clock.now());
  await cluster.advance(2_000);
  expect([await statusOf(node, '1'), await holderOf(node)]).toEqual(['completed', undefined]);
});

it('a pause while the claim is under way lets it be answered, and nothing behind it begins', async () => {
  const { cluster, nodes } = await workers(1);
  const [node] = nodes as [Node];
  await start(node, '1');
  node.runtime.pause();
  await cluster.advance(60_000);
  expect(await cluster.types('process-1')).toEqual(['ProcessStarted', 'StepStarted', 'StepCompleted']);
  expect(await holderOf(node)).toMatchObject({ processId: '1' });
  await node.runtime.unpause(cluster.clock.now());
  await cluster.advance(2_000);
  expect([await statusOf(node, '1'), await holderOf(node)]).toEqual(['completed', undefined]);
});

it('a start that is aborted while the engine is paused claims nothing, then or later', async () => {
  const { cluster, nodes } = await workers(1);
  const [node] = nodes as [Node];
  node.runtime.pause();
  await start(node, '1');
  await node.runtime.dispatch('process-1', { type: 'AbortProcess', time: 2 } as never, by('abort'));
  await node.runtime.unpause(cluster.clock.now());
  await cluster.advance(60_000);
  expect([await statusOf(node, '1'), await holderOf(node)]).toEqual(['aborted', undefined]);
  expect(await cluster.types(USED)).toEqual(['SubscriptionCreated']);
});
