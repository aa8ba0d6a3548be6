import { describe, expect, it } from '@jest/globals';
import { opensOnce } from './opens-once.js';

describe('opensOnce', () => {
  it('opens for all who ask, and not before', async () => {
    let opened = 0;
    const door = opensOnce(async () => ++opened);
    expect(opened).toBe(0);
    expect(await Promise.all([door(), door()])).toEqual([1, 1]);
    expect(await door()).toBe(1);
  });

  it('tries again after what could not be opened', async () => {
    let tries = 0;
    const door = opensOnce(async () => {
      if (++tries < 2) throw new Error('away');
      return tries;
    });
    await expect(door()).rejects.toThrow('away');
    expect(await door()).toBe(2);
  });
});
