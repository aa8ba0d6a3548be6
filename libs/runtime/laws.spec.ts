import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#event-store';
import { AT_ONCE, by, done, failed, harness } from './test/harness.js';

const start = (steps = ['a']) => ({ type: 'StartJob', steps });
const S = 'job-1';

describe('law 1: intent before effect', () => {
  it('has the intent on disk when the effect leaves', async () => {
    const h = harness();
    const seen: string[][] = [];
    h.answers.push(async () => {
      seen.push(await h.types(S));
      return done();
    });
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.settle();
    expect(seen).toEqual([['JobStarted', 'StepStarted']]);
  });

  it('writes an outcome and the next intent in one append', async () => {
    const h = harness();
    h.answers.push(
      () => done(),
      () => done(),
    );
    await (await h.runner()).dispatch(S, start(['a', 'b']), by('1'));
    await h.settle();
    const { events } = await h.store.readStream(S);
    expect(events.map((e) => e.type)).toEqual([
      'JobStarted',
      'StepStarted',
      'StepCompleted',
      'StepStarted',
      'StepCompleted',
    ]);
    expect(events[2]!.metadata).toBe(events[3]!.metadata);
  });

  it('does nothing when the intent cannot be recorded', async () => {
    const h = harness();
    h.store.failNext(new StoreUnavailable('gone', true));
    await expect((await h.runner()).dispatch(S, start(), by('1'))).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(h.calls).toEqual([]);
  });
});

describe('law 2: one key per logical request', () => {
  it('keeps key, input, callback address and deadline over all attempts', async () => {
    const h = harness({ ...AT_ONCE, completion: { kind: 'callback', deadlineMs: 60_000 } });
    h.answers.push(
      () => failed('retryable'),
      () => failed('unknown'),
    );
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.advance(4_000);
    expect(h.calls.map((c) => c.attempt)).toEqual([1, 2, 3]);
    const sent = h.calls.map((c) => JSON.stringify([c.idempotencyKey, c.input, c.callbackUrl, c.deadline]));
    expect(new Set(sent).size).toBe(1);
    expect(h.calls[0]).toMatchObject({ idempotencyKey: 'job-1/a/1', input: { of: 'a' }, deadline: expect.any(Number) });
  });
});

describe('law 3: unknown is a state', () => {
  it('probes before it repeats, and takes what the probe finds', async () => {
    const h = harness();
    h.answers.push(() => failed('unknown'));
    let probes = 0;
    const probe = async () => (probes++, done({ found: true }));
    await (await h.runner({ effect: { probe } })).dispatch(S, start(), by('1'));
    await h.advance(2_000);
    expect([h.calls.length, probes]).toEqual([1, 1]);
    expect((await h.data(S, 'StepCompleted'))[0]).toMatchObject({ result: { found: true }, attempt: 2 });
  });

  it('stops and asks where an effect can be neither probed nor repeated', async () => {
    const h = harness({ ...AT_ONCE, unknown: 'operator' });
    const first = await h.runner();
    await first.dispatch(S, start(), by('1'));
    first.kill();
    await h.runner({ othersDead: true, seed: 2 });
    await h.advance(20_000);
    expect(h.calls.length).toBe(1);
    expect((await h.data(S, 'StepFailed'))[0]).toMatchObject({ failure: { kind: 'unknown', code: 'outcome_unknown' } });
  });
});

describe('law 6: waiting is durable and free', () => {
  it('keeps a due time over a restart, and writes nothing while it waits', async () => {
    const h = harness();
    h.answers.push(
      () => failed('retryable', { retryAfterMs: 30_000 }),
      () => done(),
    );
    const first = await h.runner();
    await first.dispatch(S, start(), by('1'));
    await h.settle();
    first.kill();
    const count = (await h.types(S)).length;
    await h.runner({ othersDead: true, seed: 2 });
    await h.advance(29_000);
    expect((await h.types(S)).length).toBe(count);
    await h.advance(2_000);
    expect((await h.types(S)).at(-1)).toBe('StepCompleted');
    expect(await h.open()).toEqual([]);
  });

  it('does not lose a due time that passes while the store takes its time', async () => {
    const h = harness({ ...AT_ONCE, retry: { ...AT_ONCE.retry, initialMs: 50 } });
    h.answers.push(
      () => {
        h.store.failNext(new StoreUnavailable('slow', false));
        return failed('retryable');
      },
      () => done(),
    );
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.advance(1_500);
    expect((await h.types(S)).at(-1)).toBe('StepCompleted');
  });
});

describe('law 7: fencing by revision', () => {
  it('leaves a living owner alone until 2 s after its time, then takes over with the next attempt', async () => {
    const h = harness();
    const frozen = await h.runner();
    await frozen.dispatch(S, start(), by('1'));
    frozen.kill();
    h.answers.push(() => done());
    await h.runner({ seed: 2 });
    await h.advance(11_500);
    expect(h.calls.length).toBe(1);
    await h.advance(2_500);
    expect(h.calls.map((c) => c.attempt)).toEqual([1, 2]);
    expect((await h.data(S, 'StepStarted')).map((d) => d['owner'])).toHaveLength(2);
  });

  it('takes over at once from an owner proven dead', async () => {
    const h = harness();
    const dead = await h.runner();
    await dead.dispatch(S, start(), by('1'));
    dead.kill();
    h.answers.push(() => done());
    await h.runner({ seed: 2, othersDead: true });
    await h.settle();
    expect(h.calls.map((c) => c.attempt)).toEqual([1, 2]);
  });

  it('lets exactly one of two runners take an attempt over', async () => {
    const h = harness();
    const dead = await h.runner();
    await dead.dispatch(S, start(), by('1'));
    dead.kill();
    await h.runner({ seed: 2 });
    await h.runner({ seed: 3 });
    await h.advance(14_000);
    expect(h.calls.map((c) => c.attempt)).toEqual([1, 2]);
  });

  it('aborts an effect at its end and treats the outcome as unknown', async () => {
    const h = harness();
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.advance(10_100);
    expect(h.calls[0]!.signal.aborted).toBe(true);
    expect((await h.data(S, 'StepRetryScheduled'))[0]).toMatchObject({
      failure: { kind: 'unknown', code: 'attempt_timed_out' },
    });
  });

  it('does not send when its time ran out while it probed, or between its beginning and the sending', async () => {
    const h = harness();
    h.answers.push(() => failed('unknown'));
    const late = async () => (h.clock.jump(60_000), 'absent' as const);
    await (await h.runner({ effect: { probe: late } })).dispatch(S, start(), by('1'));
    await h.advance(2_000);
    expect(h.calls.map((c) => c.attempt)).toEqual([1]);
    expect(h.calls[0]!.signal.aborted).toBe(true);
  });

  it('hands back what it still runs when it is shut down', async () => {
    const h = harness();
    const leaving = await h.runner();
    await leaving.dispatch(S, start(), by('1'));
    const stopped = leaving.stop(0);
    await h.advance(100);
    await stopped;
    expect((await h.types(S)).at(-1)).toBe('StepHandedBack');
    h.answers.push(() => done());
    await h.runner({ seed: 2 });
    await h.advance(6_000);
    expect((await h.types(S)).at(-1)).toBe('StepCompleted');
  });

  it('lets what still runs send its commands to other streams while it is shut down, and nobody else', async () => {
    const h = harness();
    const leaving = await h.runner();
    h.answers.push(async () => {
      const state = leaving.stop(5_000);
      await expect(leaving.dispatch('job-2', { type: 'Touch' }, by('people'))).rejects.toMatchObject({ status: 503 });
      await leaving.dispatch('job-3', { type: 'Touch' }, by('machine'), 'machine');
      stopped = state;
      return done();
    });
    let stopped: Promise<void> | undefined;
    await leaving.dispatch(S, start(), by('1'));
    await h.settle();
    await stopped;
    expect([await h.types(S), await h.types('job-2'), await h.types('job-3')]).toEqual([
      ['JobStarted', 'StepStarted', 'StepCompleted'],
      [],
      ['Touched'],
    ]);
  });

  it('appends no intents without the worker role', async () => {
    const h = harness();
    await (await h.runner({ worker: false })).dispatch(S, start(), by('1'));
    await h.settle();
    expect(await h.types(S)).toEqual(['JobStarted']);
    expect((await h.open())[0]).toMatchObject({ stream: S, run: true });
  });
});

describe('law 9: repeat is silence', () => {
  it('remembers the last 256 command ids of people, over a restart too', async () => {
    const h = harness();
    const runtime = await h.runner();
    await runtime.dispatch(S, { type: 'Touch' }, by('first'));
    const once = await runtime.dispatch(S, { type: 'Touch' }, by('x'));
    const again = await (await h.runner({ seed: 2 })).dispatch(S, { type: 'Touch' }, by('x'));
    expect([once.repeated, again.repeated, again.position]).toEqual([false, true, once.position]);
    for (let i = 0; i < 256; i++) await runtime.dispatch(S, { type: 'Touch' }, by(`more-${i}`));
    expect((await runtime.dispatch(S, { type: 'Touch' }, by('first'))).repeated).toBe(false);
    expect((await runtime.dispatch(S, { type: 'Touch' }, by('more-9'))).repeated).toBe(true);
  });
});
