import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { findShown, viewsCaughtUp, type Seen } from './own-writes.js';

/** A log whose streams end at these positions, and views that come so far when somebody waits for it, or never do. */
function seen(streams: Record<string, number>, follow = true) {
  const views = { at: 0, waits: [] as number[] };
  const store = {
    head: async () => Math.max(...Object.values(streams)),
    readStream: async (stream: string) => ({ events: stream in streams ? [{ position: streams[stream] }] : [] }),
  };
  const waitFor = async (position: number, ms: number) => {
    views.waits.push(ms);
    if (!follow) throw new Refusal('position_timeout', 503, 'late');
    views.at = Math.max(views.at, position);
  };
  return { views, given: { store, projector: { waitFor } } as unknown as Seen };
}

describe('what is found of a stream', () => {
  it('is there at once where the views have it', async () => {
    const { views, given } = seen({ 'a-1': 7 });
    expect(await findShown(given, 'a-1', async () => 'row')).toBe('row');
    expect(views.waits).toEqual([]);
  });

  it('is waited for where only the log has it', async () => {
    const { views, given } = seen({ 'a-1': 7, 'a-2': 9 });
    expect(await findShown(given, 'a-1', async () => (views.at >= 7 ? 'row' : undefined))).toBe('row');
    expect(views).toEqual({ at: 7, waits: [10_000] });
  });

  it('is nothing where there is no such stream, or no view shows it', async () => {
    const { views, given } = seen({ 'a-1': 7 });
    expect(await findShown(given, 'a-2', async () => undefined)).toBeUndefined();
    expect(views.waits).toEqual([]);
    expect(await findShown(given, 'a-1', async () => undefined)).toBeUndefined();
  });

  it('is not known where the views do not follow', async () => {
    const { given } = seen({ 'a-1': 7 }, false);
    await expect(findShown(given, 'a-1', async () => undefined)).rejects.toMatchObject({ code: 'position_timeout' });
  });
});

it('views that have caught up hold the whole log', async () => {
  const { views, given } = seen({ 'a-1': 7, 'a-2': 9 });
  await viewsCaughtUp(given, 5);
  expect(views).toEqual({ at: 9, waits: [5] });
});
