import { describe, expect, it } from '@jest/globals';
import { EventLog, EventRegistry } from '#event-store';
import { isRefusal } from '#kernel';
import { CallbackTokens, Runtime } from '#runtime';
import { MemoryVault, SeededIds, SimulatedStore, VirtualClock } from '#testing';
import {
  LARGEST_PARAMETERS,
  LARGEST_RESOURCE,
  operationDecider,
  operationEvents,
  ProvisionerRegistry,
  provisioningEffects,
  type OperationCommand,
  type OperationState,
} from '../index.js';

const BY = { commandId: '1', correlationId: 'c', causationId: 'c', actor: 'ann', tenant: 't' };

/** The shipped runner over a simulated log, with a provisioner that makes large resources. */
async function operations() {
  const clock = new VirtualClock();
  const store = new SimulatedStore({ clock });
  const address = { x: 'x'.repeat(LARGEST_RESOURCE - 100) };
  let [calls, keys] = [0, new Set<string>()];
  const provisioners = new ProvisionerRegistry().register({
    type: 'large',
    call: async ({ idempotencyKey, type }) => {
      calls++;
      keys.add(idempotencyKey);
      return { kind: 'done', result: type === 'provision' ? { address } : {} };
    },
  });
  const stuck: string[] = [];
  const runtime: Runtime = new Runtime({
    log: new EventLog(store, new EventRegistry().register(operationEvents)),
    clock,
    ids: new SeededIds(clock, 1),
    tokens: new CallbackTokens([{ id: 'k', key: new Uint8Array(32) }], 'http://here'),
    effects: provisioningEffects(provisioners, { vault: new MemoryVault(), clock, dispatcher: () => runtime }),
    openWork: () => [],
    observe: { stuck: (_stream, error) => stuck.push(String(error)) },
  });
  runtime.register('operation', operationDecider(provisioners));
  await runtime.start();
  const send = (command: OperationCommand, commandId: string) =>
    runtime.dispatch('operation-1', command, { ...BY, commandId });
  const becomes = async (status: string) => {
    for (let n = 0; n < 300; n++) {
      const { state } = await runtime.load<OperationState>('operation-1');
      if (state.status === status) return;
      for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(100);
    }
    throw new Error(`not ${status}: ${stuck.join('; ')}`);
  };
  return { send, becomes, stuck, said: () => [calls, keys.size] };
}

describe('an operation whose intents do not fit one append', () => {
  it('sends them in several, each once, both ways', async () => {
    const { send, becomes, stuck, said } = await operations();
    const parameters = { p: 'p'.repeat(20_000) };
    const needs = Array.from({ length: 40 }, (_, n) => ({ id: `n${n}`, type: 'large', parameters }));
    await send({ type: 'CreateOperation', manifest: { needs }, time: 0 }, 'create');
    await becomes('PROVISIONED');
    expect(said()).toEqual([40, 40]);
    // Forty addresses of 64 Ki characters: three appends and more.
    await send({ type: 'DeprovisionOperation', time: 0 }, 'deprovision');
    await becomes('DEPROVISIONED');
    expect([said(), stuck]).toEqual([[80, 80], []]);
  }, 60_000);

  it('refuses parameters of a need that no intent could hold', async () => {
    const { send } = await operations();
    const parameters = { p: 'p'.repeat(LARGEST_PARAMETERS) };
    const manifest = {
      needs: [
        { id: 'fits', type: 'large' },
        { id: 'n', type: 'large', parameters },
      ],
    };
    const error = await send({ type: 'CreateOperation', manifest, time: 0 }, 'create').catch((e: unknown) => e);
    expect(isRefusal(error) && [error.status, error.errors.map(({ pointer }) => pointer)]).toEqual([
      400,
      ['/manifest/needs/1/parameters'],
    ]);
  });
});
