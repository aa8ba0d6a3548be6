import { describe, expect, it } from '@jest/globals';
import { revision, StoreUnavailable, WrongExpectedRevision } from '#event-store';
import { by, harness } from './test/harness.js';

const S = 'job-1';

describe('the mailbox', () => {
  it('does commands to one instance in turn', async () => {
    const h = harness();
    const runtime = await h.runner();
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, i) => runtime.dispatch(S, { type: 'Touch' }, by(`${i}`))),
    );
    expect(all.map((d) => d.revision)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  /** A stream into which somebody else always writes first, for so many appends; each costs `ms`. */
  async function contested(times: number, ms = 0) {
    const h = harness();
    const runtime = await h.runner();
    const append = h.store.append.bind(h.store);
    let tries = 0;
    h.store.append = (...given) => {
      h.clock.jump(ms);
      return tries++ < times
        ? Promise.reject(new WrongExpectedRevision(S, 'no_stream', revision(0)))
        : append(...given);
    };
    return { runtime, tries: () => tries, types: () => h.types(S) };
  }

  it('gives people five tries, and callbacks three seconds', async () => {
    const people = await contested(99);
    const refused = { code: 'too_many_conflicts', status: 409 };
    await expect(people.runtime.dispatch(S, { type: 'Touch' }, by('1'))).rejects.toMatchObject(refused);
    expect(people.tries()).toBe(5);
    const callback = await contested(99, 700);
    const busy = { code: 'callback_busy', status: 503, extra: { retryAfter: 1 } };
    await expect(callback.runtime.dispatch(S, { type: 'Touch' }, by('1'), 'callback')).rejects.toMatchObject(busy);
    expect(callback.tries()).toBe(5);
  });

  it('tries what machines say until it is decided', async () => {
    const { runtime, types } = await contested(99, 700);
    await runtime.dispatch(S, { type: 'Touch' }, by('1'), 'machine');
    expect(await types()).toEqual(['Touched']);
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
