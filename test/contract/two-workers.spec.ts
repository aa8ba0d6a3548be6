import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventLog, EventRegistry } from '#event-store';
import { systemClock, systemIds, type Clock, type Outcome } from '#kernel';
import {
  operationDecider,
  operationEvents,
  operationStream,
  ProvisionerRegistry,
  provisioningEffects,
  type ProvisionerCall,
} from '#provisioning';
import { CallbackTokens, Runtime } from '#runtime';
import { MemoryVault } from '#testing';
import type { EventStoreDbStore } from '../../libs/event-store/eventstoredb/index.js';
import { openView, ownView, servers, type TestServer } from './servers.js';

/** So that nobody waits long for the end of an attempt, and none ends by itself where the machine is busy for a second or two. */
const FASTER = 4;
const began = Date.now();
const clock: Clock = {
  now: () => began + (Date.now() - began) * FASTER,
  after: (ms, call) => systemClock.after(ms / FASTER, call),
};
const tokens = new CallbackTokens([{ id: 'k', key: randomBytes(32) }], 'http://127.0.0.1');
const DONE: Outcome = { kind: 'done', result: { id: 'r-1', address: { host: 'a' } } };

describe.each(servers)('two workers on one operation: %s', (_name, start) => {
  let server: TestServer;
  let view: string;
  const opened: { store: EventStoreDbStore; runtime: Runtime }[] = [];
  const calls: { worker: string; key: string; attempt: number }[] = [];
  beforeEach(async () => {
    server = await start();
    view = ownView();
  });
  afterEach(async () => {
    for (const { runtime, store } of opened.splice(0)) {
      runtime.kill();
      await store.close();
    }
    calls.length = 0;
    await server.stop();
  });

  /** A process of its own: its connection, its runner, its owner id. */
  async function worker(name: string, answer: (call: ProvisionerCall) => Promise<Outcome>) {
    const store = await openView(server.url, view);
    const call = (given: ProvisionerCall) => {
      calls.push({ worker: name, key: given.idempotencyKey, attempt: given.attempt });
      return answer(given);
    };
    const provisioners = new ProvisionerRegistry().register({ type: 'thing', call });
    const vault = new MemoryVault();
    const runtime: Runtime = new Runtime({
      log: new EventLog(store, new EventRegistry().register(operationEvents)),
      clock,
      ids: systemIds(),
      tokens,
      effects: provisioningEffects(provisioners, { vault, clock, dispatcher: () => runtime }),
      openWork: () => [],
    });
    runtime.register('operation', operationDecider(provisioners));
    await runtime.start();
    opened.push({ store, runtime });
    return runtime;
  }

  async function create(by: Runtime): Promise<string> {
    const id = randomUUID();
    const manifest = { needs: [{ id: 'it', type: 'thing' }] };
    const context = { commandId: id, correlationId: id, causationId: id, actor: 'ann', tenant: 'default' };
    const command = { type: 'CreateOperation', manifest, time: clock.now() };
    await by.dispatch(operationStream(id), command, context);
    return operationStream(id);
  }

  const types = async (stream: string) => (await opened[0]!.store.readStream(stream)).events.map(({ type }) => type);
  const count = async (stream: string, type: string) => (await types(stream)).filter((each) => each === type).length;

  async function provisioned(stream: string): Promise<void> {
    for (let tries = 0; (await count(stream, 'Provisioned')) === 0; tries++) {
      if (tries === 400) throw new Error(`not provisioned: ${(await types(stream)).join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  it('both wake it at once: one sends, one outcome is recorded', async () => {
    const first = await worker('first', async () => DONE);
    const second = await worker('second', async () => DONE);
    const stream = await create(first);
    await Promise.all([first.wake(stream), second.wake(stream), second.wake(stream), first.wake(stream)]);
    await provisioned(stream);
    await second.wake(stream);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
    expect(calls).toHaveLength(1);
    expect(await count(stream, 'RequestCompleted')).toBe(1);
    expect(await count(stream, 'Provisioned')).toBe(1);
  }, 30_000);

  it('one is silent past its time: the other takes over under the same key, and the late answer changes nothing', async () => {
    let late: (outcome: Outcome) => void = () => {};
    const first = await worker('first', () => new Promise((resolve) => (late = resolve)));
    const stream = await create(first);
    for (let tries = 0; calls.length === 0; tries++) {
      if (tries === 400) throw new Error('the first worker sent nothing');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    // It hears nothing any more, as a process that was frozen or cut off does; what it sent may still be answered.
    first.kill();
    const second = await worker('second', async () => DONE);
    await second.wake(stream);
    expect(calls).toHaveLength(1);
    await provisioned(stream);
    late(DONE);
    await second.wake(stream);
    expect(calls.map(({ worker: by, attempt }) => [by, attempt])).toEqual([
      ['first', 1],
      ['second', 2],
    ]);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
    expect(await count(stream, 'RequestCompleted')).toBe(1);
    expect(await count(stream, 'Provisioned')).toBe(1);
  }, 60_000);
});
