import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#event-store';
import { by, harness } from './test/harness.js';

const S = 'job-1';

describe('the mailbox', () => {
  it('does commands to one instance in turn and gives people five tries', async () => {
    const h = harness();
    const runtime = await h.runner();
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, i) => runtime.dispatch(S, { type: 'Touch' }, by(`${i}`))),
    );
    expect(all.map((d) => d.revision)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('repeats an append whose outcome is unknown with the same bytes, so that it is there once', async () => {
    const h = harness();
    const runtime = await h.runner();
    h.store.failNext(new StoreUnavailable('cut', false), { afterWriting: true });
    const answer = runtime.dispatch(S, { type: 'Touch' }, by('1'));
    await h.advance(500);
    expect((await answer).revision).toBe(0);
    expect(await h.types(S)).toEqual(['Touched']);
  });
});
