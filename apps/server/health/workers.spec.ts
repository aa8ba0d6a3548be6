import { describe, expect, it } from '@jest/globals';
import type { WorkGroupInfo } from '#event-store';
import { Degraded } from '#platform';
import { VirtualClock } from '#testing';
import { Watch } from '../composition/watch.js';
import { workers } from './workers.js';

describe('what is told of the group of workers', () => {
  const clock = new VirtualClock();
  /** After the first question and before the next. */
  async function told(question: () => Promise<WorkGroupInfo | null>, ms = 0) {
    const watch = new Watch(question, clock);
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
    watch.stop();
    return () => workers({ group: () => watch.latest, trouble: () => watch.trouble(), keepsTime: () => true });
  }
  const never = () => new Promise<never>(() => undefined);
  const group = async (parked: number) => ({ name: 'workers-v1', strategy: 'Pinned', workers: 2, inFlight: 0, parked });

  it('is nothing where there is none, and before the first answer is due', async () => {
    expect(workers(undefined)).toBeUndefined();
    expect((await told(never))()).toBeUndefined();
  });

  it('is why it is not seen, also when it never was', async () => {
    const refused = await told(() => Promise.reject(new Error('no leader')));
    expect(refused).toThrow(new Degraded('the group workers-v1 is not seen: no leader'));
    expect(await told(never, 3_000)).toThrow(/^the group workers-v1 is not seen: no answer for 3000 ms$/);
  });

  it('is what has to be done with it, or who shares it', async () => {
    expect(await told(() => Promise.resolve(null))).toThrow(/run setup/);
    expect(await told(() => group(3))).toThrow(/^3 parked messages/);
    expect((await told(() => group(0)))()).toBe('2 workers, this one keeps the time');
  });
});
