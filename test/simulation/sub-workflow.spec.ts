import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { catalogue } from '#products';
import { subscriptionDecider } from '#subscription';
import { subscriptionEvents } from '#subscription/published';
import {
  parallel,
  processDecider,
  processEffects,
  sleep,
  step,
  subWorkflow,
  workflow,
  WorkflowRegistry,
  type StartedProcess,
  type WorkflowDefinition,
} from '#workflow';
import { processEvents } from '#workflow/published';
import { by } from '../../libs/runtime/test/harness.js';
import { Cluster, type Code } from '../laws/cluster.js';

const P = 'process-1';
const USED = 'subscription-s';
const meta = { version: 1, target: 'MODIFY', description: 'test' } as const;
const n = Type.Number();
const claims = { subscriptionId: 's', usableWhen: ['initial'], outOfSyncAllowed: true, blockedByUsers: false };

const code = (...definitions: readonly WorkflowDefinition[]): Code => {
  const registry = new WorkflowRegistry(definitions);
  return {
    deciders: { process: processDecider(registry), subscription: subscriptionDecider(catalogue) },
    effects: (clock, _, dispatcher) => processEffects(registry, { dispatcher, clock }),
  };
};

async function begun(workflowKey: string, definitions: readonly WorkflowDefinition[], ms: number, more: object = {}) {
  const cluster = new Cluster([...processEvents, ...subscriptionEvents]);
  const node = cluster.start(code(...definitions));
  const about = { productId: 'p', productName: 'p', customerId: 'c', description: 'd', processId: 'x' };
  await node.runtime.dispatch(USED, { type: 'CreateSubscription', ...about, time: 0 } as never, by('0'));
  const start = {
    type: 'StartProcess',
    workflow: workflowKey,
    state: {},
    createdBy: 'ann',
    time: cluster.clock.now(),
    ...more,
  };
  await node.runtime.dispatch(P, start, by('1'));
  await cluster.advance(ms);
  return { cluster, node };
}
const stateOf = async (node: Awaited<ReturnType<typeof begun>>['node'], stream = P) =>
  (await node.runtime.load<StartedProcess>(stream)).state;
const childOf = (state: StartedProcess) => (state.requests[0] as { location: string }).location;
const holderOf = async (node: Awaited<ReturnType<typeof begun>>['node']) =>
  (await node.runtime.load<{ holder: unknown }>(USED)).state.holder;

const child = (steps: Parameters<typeof workflow>[1]) => workflow({ ...meta, key: 'child' }, steps as never);
const parent = workflow({ ...meta, key: 'parent' }, [
  subWorkflow({
    key: 'kid',
    workflow: 'child',
    input: () => ({}),
    adds: { x: n },
    result: ({ state }) => ({ x: state['x'] as number }),
  }),
]);

describe('a sub-workflow', () => {
  it("runs in its own stream under the root's claim, and its end is told to its parent", async () => {
    const roots: string[] = [];
    const kid = child([
      step({ key: 'a', adds: { x: n }, handler: (_, { rootProcessId }) => (roots.push(rootProcessId), { x: 7 }) }),
    ]);
    const { node, cluster } = await begun('parent', [parent, kid], 500, { claims });
    const state = await stateOf(node);
    expect(state).toMatchObject({ status: 'completed', data: { x: 7 }, duties: { $release: { status: 'done' } } });
    expect(roots).toEqual(['1']);
    expect(await cluster.types(await kidOf(cluster))).toContain('ProcessCompleted');
    expect(await holderOf(node)).toBeUndefined();
  });

  it('is aborted with its parent, which lets go of its claim only when nothing of it runs any more', async () => {
    const kid = child([
      step({
        key: 'a',
        adds: { x: n },
        handler: (_, { signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('over')))),
      }),
    ]);
    const { node, cluster } = await begun('parent', [parent, kid], 500, { claims });
    const stream = childOf(await stateOf(node));
    await node.runtime.dispatch(P, { type: 'AbortProcess', time: 500 } as never, by('2'));
    await cluster.advance(2_000);
    expect((await stateOf(node, stream)).status).toBe('aborted');
    expect(await holderOf(node)).toMatchObject({ processId: '1' });
    await cluster.advance(20_000);
    expect((await cluster.types(stream)).slice(-3)).toEqual(['StepFailed', 'StepStarted', 'StepCompleted']);
    expect(await stateOf(node)).toMatchObject({ status: 'aborted', duties: { $release: { status: 'done' } } });
    expect(await holderOf(node)).toBeUndefined();
  });

  it('that is aborted fails its parent, whose retry begins another one', async () => {
    const kid = child([
      sleep({ key: 'nap', ms: 60_000 }),
      step({ key: 'a', adds: { x: n }, handler: () => ({ x: 1 }) }),
    ]);
    const { node, cluster } = await begun('parent', [parent, kid], 500);
    const first = childOf(await stateOf(node));
    await node.runtime.dispatch(first, { type: 'AbortProcess', reason: 'not so', time: 500 } as never, by('2'));
    await cluster.advance(500);
    const failed = await stateOf(node);
    expect(failed).toMatchObject({
      status: 'failed',
      requests: [{ failure: { code: 'sub_workflow_aborted', message: 'not so' } }],
    });
    await node.runtime.dispatch(P, { type: 'ResumeProcess', time: 1_000 } as never, by('3'));
    await cluster.advance(500);
    expect(childOf(await stateOf(node))).not.toBe(first);
    await cluster.advance(62_000);
    expect(await stateOf(node)).toMatchObject({ status: 'completed', data: { x: 1 } });
  });

  it('is looked at by a parent whose wait is overdue, and it goes on waiting', async () => {
    const kid = child([
      sleep({ key: 'nap', ms: 3 * 3_600_000 }),
      step({ key: 'a', adds: { x: n }, handler: () => ({ x: 2 }) }),
    ]);
    const { node, cluster } = await begun('parent', [parent, kid], 500);
    await cluster.advance(2 * 3_600_000, 10_000);
    expect((await stateOf(node)).status).toBe('awaiting_callback');
    expect(await cluster.types(P)).toContain('StepOverdue');
    await cluster.advance(3_600_000 + 60_000, 10_000);
    expect(await stateOf(node)).toMatchObject({ status: 'completed', data: { x: 2 } });
  });
});

describe('time', () => {
  it('of two branches of one second passes once', async () => {
    const both = workflow({ ...meta, key: 'both' }, [
      parallel('p', { l: [sleep({ key: 'nap', ms: 1_000 })], r: [sleep({ key: 'nap', ms: 1_000 })] }),
    ]);
    const { node, cluster } = await begun('both', [both], 900);
    expect((await stateOf(node)).status).toBe('waiting');
    await cluster.advance(200);
    const state = await stateOf(node);
    expect(state).toMatchObject({ status: 'completed' });
    expect((state as { endedAt: number }).endedAt - state.startedAt).toBeLessThan(1_200);
  });
});

/** The one process that is not the parent. */
async function kidOf(cluster: Cluster): Promise<string> {
  const { events } = await cluster.store.readAll({ after: 0 as never });
  return events.find(({ stream }) => stream.startsWith('process-') && stream !== P)!.stream;
}
