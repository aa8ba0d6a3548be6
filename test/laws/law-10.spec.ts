import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import type { Decider, DomainEvent } from '#kernel';
import { processDecider, processEffects, step, workflow, WorkflowRegistry } from '#workflow';
import { processEvents } from '#workflow/published';
import { by } from '../../libs/runtime/test/harness.js';
import { Cluster, type Code } from './cluster.js';

const P = 'process-1';
const T = 'tally-1';

/** A stream that counts whatever it is told: only the command's id can tell a repeat from a second wish. */
const tally: Decider<number, { type: 'Add' }, DomainEvent> = {
  initial: () => 0,
  decide: () => [{ type: 'Added', data: {} }],
  evolve: (count) => count + 1,
};
const events = [...processEvents, { category: 'tally', type: 'Added', schema: Type.Object({}) }];

/** Two steps that each add to the tally, the first for two purposes; `after` is called between command and outcome. */
const code = (after: (step: string) => Promise<void> | void): Code => {
  const add = (key: string, purposes: readonly string[]) =>
    step({
      key,
      handler: async (_, context) => {
        for (const purpose of purposes) await context.dispatch(T, { type: 'Add' }, purpose);
        await after(key);
        return {};
      },
    });
  const registry = new WorkflowRegistry([
    workflow({ key: 'adding', version: 1, target: 'SYSTEM', description: 'Adding' }, [
      add('a', ['one', 'other']),
      add('b', ['one']),
    ]),
  ]);
  return {
    deciders: { process: processDecider(registry), tally },
    effects: (clock, _, dispatcher) => processEffects(registry, { dispatcher, clock }),
  };
};
const begin = { type: 'StartProcess', workflow: 'adding', state: {}, createdBy: 'ann', time: 0 };

describe('law 10: one stream, one append', () => {
  it("has the other stream's append on disk before the step's outcome", async () => {
    const cluster = new Cluster(events);
    const seen: (readonly string[])[] = [];
    const node = cluster.start(
      code(async (key) => void (key === 'a' && seen.push(await cluster.types(T), await cluster.types(P)))),
    );
    await node.runtime.dispatch(P, begin, by('1'));
    await cluster.advance(500);
    expect(seen).toEqual([
      ['Added', 'Added'],
      ['ProcessStarted', 'StepStarted'],
    ]);
    expect((await cluster.types(P)).at(-1)).toBe('ProcessCompleted');
  });

  it('derives the command id from instance, step and purpose', async () => {
    const cluster = new Cluster(events);
    const { runtime } = cluster.start(code(() => undefined));
    await runtime.dispatch(P, begin, by('1'));
    await runtime.dispatch('process-2', begin, by('2'));
    await cluster.advance(500);
    const told = (await cluster.store.readStream(T)).events.map(
      ({ metadata }) => (JSON.parse(metadata) as { commandId: string }).commandId,
    );
    expect(new Set(told).size).toBe(6);
    expect(told).toHaveLength(6);
  });

  it('repeats in silence after a crash between the two', async () => {
    const cluster = new Cluster(events);
    const crashing = cluster.start(code(() => crashing.runtime.kill()));
    await crashing.runtime.dispatch(P, begin, by('1'));
    await cluster.advance(500);
    expect([await cluster.types(T), await cluster.types(P)]).toEqual([
      ['Added', 'Added'],
      ['ProcessStarted', 'StepStarted'],
    ]);
    cluster.start(code(() => undefined));
    await cluster.advance(5_000);
    expect((await cluster.types(P)).filter((type) => type === 'StepStarted')).toHaveLength(3);
    expect((await cluster.types(P)).at(-1)).toBe('ProcessCompleted');
    expect(await cluster.types(T)).toEqual(['Added', 'Added', 'Added']);
  });

  it('repeats in silence after a failed attempt of the same process', async () => {
    const cluster = new Cluster(events);
    let failures = 0;
    const node = cluster.start(
      code(() => {
        if (failures++ === 0) throw new Error('the answer of the last command was lost');
      }),
    );
    await node.runtime.dispatch(P, begin, by('1'));
    await cluster.advance(30_000);
    expect((await cluster.types(P)).at(-1)).toBe('ProcessCompleted');
    expect(await cluster.types(T)).toEqual(['Added', 'Added', 'Added']);
  });
});
