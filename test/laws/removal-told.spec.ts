import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from '#kernel';
import {
  ASK_TAKEN_BACK,
  operationDecider,
  operationEvents,
  ProvisionerRegistry,
  provisioningEffects,
  type OperationCommand,
} from '#provisioning';
import { by } from '../../libs/runtime/test/harness.js';
import { MemoryVault } from '#testing';
import {
  operationStep,
  processDecider,
  processEffects,
  step,
  workflow,
  WorkflowRegistry,
  type ProcessCommand,
  type StartedProcess,
} from '#workflow';
import { processEvents } from '#workflow/published';
import { Cluster, type Code } from './cluster.js';
import type { Node } from '../simulation/node.js';

const PROCESS = 'process-1';
const workflows = new WorkflowRegistry([
  workflow({ key: 'make', version: 1, target: 'SYSTEM', description: 'Make' }, [
    operationStep({ key: 'op', manifest: () => ({ needs: [{ id: 'n', type: 'box' }] }), result: () => ({}) }),
    step({ key: 'no', handler: () => ({ kind: 'failed', failure: { kind: 'refused', code: 'no', message: 'no' } }) }),
  ]),
]);

/** Law 10 at the other end of a child's life: who undoes a step hears from the operation when all is gone. */
describe('an undoing that waits for its operation', () => {
  let cluster: Cluster;
  let node: Node;
  let removal: Outcome;
  let asked: number;
  beforeEach(async () => {
    removal = { kind: 'accepted', location: 'there' };
    asked = 0;
    const registry = new ProvisionerRegistry().register({
      type: 'box',
      terms: { pollMs: 1_000, deadlineMs: 86_400_000 },
      call: async ({ type }) => (type === 'provision' ? { kind: 'done', result: { id: 'b', address: {} } } : removal),
      ask: async () => removal,
    });
    const vault = new MemoryVault();
    const code: Code = {
      deciders: { process: processDecider(workflows), operation: operationDecider(registry) },
      effects: (clock, _, dispatcher) =>
        [
          ...processEffects(workflows, { dispatcher, clock }),
          ...provisioningEffects(registry, { vault, clock, dispatcher }),
        ].map((effect) =>
          effect.name === ASK_TAKEN_BACK ? { ...effect, run: (call) => (asked++, effect.run(call)) } : effect,
        ),
    };
    cluster = new Cluster([...processEvents, ...operationEvents]);
    node = cluster.start(code);
    await send({ type: 'StartProcess', workflow: 'make', state: {}, createdBy: 'ann', time: 0 });
    await cluster.advance(1_000);
    expect((await made()).status).toBe('failed');
  });

  let commands = 0;
  const dispatch = (stream: string, command: ProcessCommand | OperationCommand) =>
    node.runtime.dispatch(stream, command, by(`c${++commands}`));
  const send = (command: ProcessCommand) => dispatch(PROCESS, command);
  const made = async () => (await node.runtime.load<StartedProcess>(PROCESS)).state;
  async function operation(): Promise<string> {
    const { events } = await cluster.store.readAll({ after: 0 as never, filter: { streamPrefixes: ['operation-'] } });
    return events[0]!.stream;
  }

  const undo = async () => {
    await send({ type: 'CompensateProcess', step: 'op', time: 1_000 });
    await cluster.advance(3_000);
    expect((await made()).status).toBe('awaiting_callback');
  };
  const giveUp = async (time: number) =>
    dispatch(await operation(), { type: 'FailOperation', reason: 'it may stay', time });
  const GIVEN_UP = {
    status: 'failed',
    duties: { '$undo/op': { status: 'failed', failure: { code: 'given_up', message: 'it may stay' } } },
  };

  it('seldom asks meanwhile, and goes on at once when all is gone', async () => {
    await undo();
    await cluster.advance(3_600_000, 1_000);
    expect((await made()).status).toBe('awaiting_callback');
    expect(asked).toBeLessThanOrEqual(3_600 / 30 + 2);
    const before = asked;
    removal = { kind: 'done', result: {} };
    await cluster.advance(1_500);
    expect((await made()).status).toBe('aborted');
    expect(asked - before).toBeLessThanOrEqual(1);
  });

  it('fails with the reason when people have given the removal up, and is done when they took it up again', async () => {
    await undo();
    await giveUp(4_000);
    await cluster.advance(200);
    expect(await made()).toMatchObject(GIVEN_UP);
    removal = { kind: 'done', result: {} };
    await dispatch(await operation(), { type: 'RetryOperation', time: 5_000 });
    await cluster.advance(1_000);
    await send({ type: 'ResumeProcess', time: 6_000 });
    await cluster.advance(1_000);
    expect((await made()).status).toBe('aborted');
  });

  it('fails likewise when the removal had been begun by people', async () => {
    await dispatch(await operation(), { type: 'DeprovisionOperation', time: 1_000 });
    await cluster.advance(1_000);
    await undo();
    await giveUp(5_000);
    await cluster.advance(3_000);
    expect(await made()).toMatchObject(GIVEN_UP);
  });

  it('fails likewise when it was resumed while people had the removal tried again', async () => {
    await undo();
    await giveUp(4_000);
    await cluster.advance(200);
    await dispatch(await operation(), { type: 'RetryOperation', time: 5_000 });
    await send({ type: 'ResumeProcess', time: 6_000 });
    await cluster.advance(1_000);
    expect((await made()).status).toBe('awaiting_callback');
    await giveUp(7_000);
    await cluster.advance(3_000);
    expect(await made()).toMatchObject(GIVEN_UP);
  });

  it('fails with what the provisioner had refused it for when people leave it at that', async () => {
    const failure = { kind: 'refused', code: 'in_use', message: 'others use it' } as const;
    removal = { kind: 'failed', failure };
    await undo();
    await giveUp(4_000);
    await cluster.advance(200);
    expect(await made()).toMatchObject({ status: 'failed', duties: { '$undo/op': { status: 'failed', failure } } });
  });
});
