import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { callbackStep, forEach, parallel, retryStep, sleep, step, subWorkflow, workflow } from '../index.js';
import { run, survivesAnyCrash } from '../testing/index.js';
import { meta } from './driving.js';

const n = Type.Number();
/** Things made outside, by what they are known by: a repeat finds its own. */
const outside = () => {
  const made = new Map<string, number>();
  return {
    made,
    make: (key: string) => made.get(key) ?? made.set(key, made.size + 1).get(key)!,
    outside: () => made.size,
  };
};
type Outside = ReturnType<typeof outside>;
const making = <const K extends string>(world: Outside, key: K) =>
  step({ key, adds: { [key]: n }, handler: (_, { idempotencyKey }) => (world.make(idempotencyKey), { [key]: 1 }) });

describe('survivesAnyCrash', () => {
  it('holds for branches, callbacks, for-each, sleeps and sub-workflows', async () => {
    const fakes = () => {
      const world = outside();
      const kid = workflow({ ...meta, key: 'kid' }, [making(world, 'k'), sleep({ key: 'nap', ms: 5_000 })]);
      const before = async () => ({ items: [1, 2] });
      return { ...world, before, workflows: [kid], callbacks: { 'both/left/cb/action': { size: 4 } } };
    };
    const every = (world: Outside) =>
      workflow({ ...meta, key: 'every', input: { items: Type.Array(n) } }, [
        parallel('both', {
          left: [callbackStep({ key: 'cb', action: () => undefined, deadlineMs: 60_000, resultKey: 'told' })],
          right: [subWorkflow({ key: 'child', workflow: 'kid', input: () => ({}) }), making(world, 'a')],
        }),
        forEach('fan', 'items', [making(world, 'd')], { concurrency: 2 }),
      ]);
    const { end, stops } = await survivesAnyCrash(every, fakes);
    expect(end).toMatchObject({
      status: 'completed',
      outside: 4,
      state: { told: { size: 4 }, fan: [{ d: 1 }, { d: 1 }] },
    });
    expect(stops).toBeGreaterThan(30);
  }, 120_000);

  it('holds for what is undone', async () => {
    const undone = (world: Outside) =>
      workflow({ ...meta, key: 'undone', onFailure: 'compensate' }, [
        step({
          key: 'u',
          handler: () => (world.make('u'), {}),
          compensate: () => void world.made.delete('u'),
        }),
        step({
          key: 'no',
          handler: () => ({ kind: 'failed', failure: { kind: 'refused', code: 'no', message: 'no' } }),
        }),
      ]);
    const { end } = await survivesAnyCrash(undone, outside);
    expect(end).toMatchObject({ status: 'aborted', outside: 0 });
  });

  it('names the point at which a step that counts its calls does not', async () => {
    const counts = (world: Outside) =>
      workflow({ ...meta, key: 'counts' }, [
        step({ key: 'once', handler: () => (world.make(`${world.made.size}`), {}) }),
      ]);
    await expect(survivesAnyCrash(counts, outside)).rejects.toThrow(/^stopped after effect process-\S+\/once\/1: /);
  });

  it('run lets time pass: two branches of one second end after one second', async () => {
    const nap = (key: string) => sleep({ key, ms: 1_000 });
    const both = workflow({ ...meta, key: 'both' }, [
      parallel('p', { l: [nap('l')], r: [nap('r')] }),
      retryStep({ key: 'end', retry: {}, adds: { at: n }, handler: (_, context) => ({ at: context.now() }) }),
    ]);
    let from = 0;
    const { state } = await run(both, (clock) => ((from = clock.now()), {}));
    expect(Number(state['at']) - from).toBeGreaterThanOrEqual(1_000);
    expect(Number(state['at']) - from).toBeLessThan(1_100);
  });
});
