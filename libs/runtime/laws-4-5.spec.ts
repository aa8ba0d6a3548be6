import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { AT_ONCE, by, done, failed, harness } from './test/harness.js';

const start = (steps = ['a']) => ({ type: 'StartJob', steps });
const S = 'job-1';

describe('law 4: an outcome is a command', () => {
  it('meets a duplicate, a foreign and a superseded outcome with silence', async () => {
    const h = harness();
    h.answers.push(() => done());
    const runtime = await h.runner();
    await runtime.dispatch(S, start(['a', 'b']), by('1'));
    await h.settle();
    const before = await h.types(S);
    const outcome = (key: string, attempt: number, o = done()) => ({
      type: 'Outcome',
      key,
      attempt,
      outcome: o,
      time: 0,
      jitter: 0,
    });
    for (const command of [
      outcome('a/1', 1),
      outcome('c/1', 1),
      outcome('b/2', 1),
      outcome('b/1', 7, failed('refused')),
    ])
      expect((await runtime.dispatch(S, command, by(JSON.stringify(command)))).events).toEqual([]);
    expect(await h.types(S)).toEqual(before);
  });

  it('lets the first success of any attempt count', async () => {
    const h = harness();
    h.answers.push(() => failed('unknown'));
    const runtime = await h.runner();
    await runtime.dispatch(S, start(), by('1'));
    await h.settle();
    const late = { type: 'Outcome', key: 'a/1', attempt: 1, outcome: done({ late: 1 }), time: 0, jitter: 0 };
    await runtime.dispatch(S, late, by('2'));
    expect((await h.data(S, 'StepCompleted')).map((d) => d['result'])).toEqual([{ late: 1 }]);
  });

  it('records a result too large for an append as a failure with hash and beginning', async () => {
    const h = harness();
    h.answers.push(() => done({ text: 'x'.repeat(2_000_000) }));
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.settle();
    const [data] = await h.data(S, 'StepFailed');
    expect(data).toMatchObject({
      failure: { code: 'result_too_large', message: expect.stringMatching(/sha256 [0-9a-f]{64}/) },
    });
    expect((data!['failure'] as { message: string }).message.length).toBeLessThan(4_400);
  });
});

describe('law 4: whatever is said fits an append', () => {
  const big = 'x'.repeat(2_000_000);
  it('also by callback: the failure is recorded, and the sender is not sent away', async () => {
    const h = harness({ ...AT_ONCE, completion: { kind: 'callback', deadlineMs: 60_000 } });
    h.answers.push(() => ({ kind: 'accepted' }));
    const runtime = await h.runner();
    await runtime.dispatch(S, start(), by('1'));
    await h.settle();
    const said = {
      type: 'Outcome',
      key: 'a/1',
      attempt: 0,
      outcome: done({ big }),
      time: 0,
      jitter: 0,
      via: 'callback',
    };
    const { events } = await runtime.dispatch(S, said, by('2'), 'callback');
    expect(events).toMatchObject([{ type: 'StepFailed', data: { failure: { code: 'result_too_large' } } }]);
  });

  it.each([
    ['fields', 'nope', { fields: [{ pointer: '/a', message: big }] }],
    ['traceback', 'nope', { traceback: big }],
    ['code', 'x'.repeat(200), { code: big }],
  ])('also a failure that tells a long story in its message and its %s', async (_place, code, more) => {
    const h = harness();
    h.answers.push(() => failed('refused', { message: big, ...more }));
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.settle();
    const [data] = await h.data(S, 'StepFailed');
    expect(data).toMatchObject({ failure: { kind: 'refused', code } });
    expect((data!['failure'] as { message: string }).message.length).toBeLessThan(4_400);
    expect(h.stuck).toEqual([]);
  });
});

describe('law 5: every wait for a machine has an end', () => {
  it('spaces attempts, honours Retry-After and ends after the limit', async () => {
    const h = harness();
    h.answers.push(
      () => failed('retryable', { retryAfterMs: 7_000 }),
      () => failed('retryable'),
      () => failed('retryable'),
    );
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.advance(60_000);
    const [first, second, ...others] = (await h.data(S, 'StepRetryScheduled')).map(
      (d) => (d['notBefore'] as number) - (d['time'] as number),
    );
    expect([first, second, others]).toEqual([7_000, 2_000, []]);
    expect(h.calls.length).toBe(3);
    expect((await h.types(S)).at(-1)).toBe('StepFailed');
  });

  it('honours the Retry-After of a refusal that an effect throws', async () => {
    const h = harness();
    h.answers.push(
      () => Promise.reject(new Refusal('busy', 503, 'not now', { retryAfter: 9 })),
      () => done(),
    );
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.advance(20_000);
    const [planned] = await h.data(S, 'StepRetryScheduled');
    expect(planned).toMatchObject({ failure: { kind: 'retryable', code: 'busy', retryAfterMs: 9_000 } });
    expect((planned!['notBefore'] as number) - (planned!['time'] as number)).toBe(9_000);
    expect((await h.types(S)).at(-1)).toBe('StepCompleted');
  });

  it.each([
    ['nothing', undefined],
    ['0 s', 0],
    ['a time that is over', -60_000],
    ['nonsense', Number.NaN],
  ])(
    'asks how it stands once in a second at most, also where the other side names %s',
    async (_named, retryAfterMs) => {
      const h = harness({ ...AT_ONCE, completion: { kind: 'poll', everyMs: 1_000, deadlineMs: 60_000 } });
      const still = { kind: 'pending', ...(retryAfterMs !== undefined && { retryAfterMs }) } as const;
      h.answers.push(() => ({ ...still, kind: 'accepted' }), ...Array.from({ length: 500 }, () => () => still));
      await (await h.runner()).dispatch(S, start(), by('1'));
      await h.advance(10_000);
      expect(h.calls.length).toBeGreaterThanOrEqual(9);
      expect(h.calls.length).toBeLessThanOrEqual(12);
      expect(await h.types(S)).toEqual(['JobStarted', 'StepStarted', 'StepAccepted']);
    },
  );

  it.each([
    ['longer than a day', 1e15, 86_400_000],
    ['nonsense', Number.NaN, 1_000],
    ['a time that is over', -5, 1_000],
    ['a fraction, which no view can keep', 7_000.4, 7_000],
  ])('takes a wish for %s as what can be kept', async (_wish, retryAfterMs, wait) => {
    const h = harness();
    h.answers.push(() => failed('retryable', { retryAfterMs }));
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.settle();
    const [planned] = await h.data(S, 'StepRetryScheduled');
    expect((planned!['notBefore'] as number) - (planned!['time'] as number)).toBe(wait);
  });

  it('ends a wait for a callback at its deadline', async () => {
    const h = harness({ ...AT_ONCE, completion: { kind: 'callback', deadlineMs: 30_000 } });
    h.answers.push(() => ({ kind: 'accepted' }));
    await (await h.runner()).dispatch(S, start(), by('1'));
    await h.advance(29_000);
    expect((await h.types(S)).at(-1)).toBe('StepAccepted');
    await h.advance(2_000);
    expect((await h.data(S, 'StepFailed'))[0]).toMatchObject({ failure: { code: 'deadline_exceeded' } });
  });
});
