import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#event-store';
import { chained, mulberry32, SeededIds, SimulatedStore, VirtualClock } from '#testing';

describe('virtual time', () => {
  it('fires what falls due in order, also what a timer sets, and not what was cancelled', () => {
    const clock = new VirtualClock(1_000);
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
    clock.after(20, note('b'));
    clock.after(10, () => {
      note('a')();
      clock.after(5, note('nested'));
    });
    clock.after(20, note('c'));
    const cancel = clock.after(15, note('cancelled'));
    cancel();
    clock.after(31, note('later'));
    clock.advance(30);
    expect(fired).toEqual(['a@1010', 'nested@1015', 'b@1020', 'c@1020']);
    expect(clock.now()).toBe(1_030);
    expect(clock.next).toBe(1_031);
    expect(clock.runNext()).toBe(true);
    expect(clock.runNext()).toBe(false);
    expect(fired.at(-1)).toBe('later@1031');
  });

  it('gives ids that a seed repeats, in the order of time', () => {
    const run = (seed: number) => {
      const clock = new VirtualClock(1_000);
      const ids = new SeededIds(clock, seed);
      return Array.from({ length: 5 }, () => (clock.advance(1), ids.uuid()));
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    expect(run(7)).toEqual(run(7).toSorted());
    const random = mulberry32(1);
    expect(Array.from({ length: 100 }, random).every((n) => n >= 0 && n < 1)).toBe(true);
  });
});

describe('a failure on demand', () => {
  const { events } = chained('process-1', { revision: -1, hash: '' }, [{ type: 'Happened', data: {} }]);

  it.each([
    { afterWriting: false, written: 0 },
    { afterWriting: true, written: 1 },
  ])('loses the append or only its answer: %j', async ({ afterWriting, written }) => {
    const store = new SimulatedStore({ logId: 'x' });
    store.failNext(new StoreUnavailable('cut', false), { afterWriting });
    await expect(store.append('process-1', 'no_stream', events)).rejects.toMatchObject({ outcomeKnown: false });
    expect(await store.head()).toBe(written);
    expect((await store.append('process-1', 'no_stream', events)).position).toBe(1);
  });
});
