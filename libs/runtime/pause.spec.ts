import { describe, expect, it } from '@jest/globals';
import type { Driving } from '#kernel';
import type { EventMetadata } from '#event-store';
import { AT_ONCE, by, done, harness, type Harness } from './test/harness.js';

const start = (steps: readonly string[] = ['a']) => ({ type: 'StartJob', steps });
const CALLED = { ...AT_ONCE, completion: { kind: 'callback', deadlineMs: 60_000 } } as const;
const POLLED = { ...AT_ONCE, completion: { kind: 'poll', everyMs: 1_000, deadlineMs: 60_000 } } as const;
const accepted = () => ({ kind: 'accepted' }) as const;
const pending = () => ({ kind: 'pending' }) as const;

async function busyOf(h: Harness, stream: string): Promise<number | undefined> {
  const last = (await h.store.readStream(stream)).events.at(-1)!;
  return (JSON.parse(last.metadata) as EventMetadata).owed?.busy;
}

describe('while the engine is paused', () => {
  it('what runs ends, nothing else begins, and afterwards everything goes on', async () => {
    const h = harness();
    let finish = () => {};
    h.answers.push(() => new Promise((resolve) => (finish = () => resolve(done()))));
    const runtime = await h.runner();
    await runtime.dispatch('job-1', start(['a', 'b']), by('1'));
    await h.settle();
    expect(await busyOf(h, 'job-1')).toBe(h.clock.now() + 10_000);
    runtime.pause();
    expect(runtime.figures.effects).toBe(1);
    finish();
    await h.settle();
    await runtime.dispatch('job-2', start(), by('2'));
    await h.advance(600_000);
    expect(await h.types('job-1')).toEqual(['JobStarted', 'StepStarted', 'StepCompleted']);
    expect(await h.types('job-2')).toEqual(['JobStarted']);
    expect([runtime.figures.effects, await busyOf(h, 'job-1'), h.calls.length]).toEqual([0, undefined, 1]);
    h.answers.push(
      () => done(),
      () => done(),
    );
    await runtime.unpause(h.clock.now());
    await h.settle();
    expect(await h.open()).toEqual([]);
  });

  it('no retry and no read begins; both do at once when it goes on', async () => {
    const h = harness(POLLED);
    h.answers.push(accepted);
    const runtime = await h.runner();
    await runtime.dispatch('job-1', start(), by('1'));
    await h.settle();
    runtime.pause();
    await h.advance(30_000);
    expect(h.calls).toHaveLength(1);
    h.answers.push(() => done());
    await runtime.unpause(h.clock.now());
    await h.settle();
    expect((await h.types('job-1')).at(-1)).toBe('StepCompleted');
  });

  it('a process that starts takes nothing up before it goes on', async () => {
    const h = harness();
    const before = await h.runner();
    before.pause();
    await before.dispatch('job-1', start(), by('1'));
    before.kill();
    const after = await h.runner({ othersDead: true, seed: 2, paused: true });
    await h.advance(60_000);
    expect(h.calls).toHaveLength(0);
    await after.unpause(h.clock.now());
    await h.settle();
    expect(h.calls).toHaveLength(1);
  });

  it('a worker of several, too, stops what it held and takes it up again', async () => {
    const h = harness(POLLED);
    const runtime = await h.runner({ shared: { keepsTime: () => true } });
    h.answers.push(accepted);
    await runtime.dispatch('job-1', start(), by('1'));
    await h.settle();
    runtime.pause();
    await runtime.dispatch('job-2', start(), by('2'));
    await h.advance(20_000);
    expect(h.calls).toHaveLength(1);
    await runtime.unpause(h.clock.now());
    await h.advance(1_000);
    expect(h.calls.map(({ stream }) => stream).sort()).toEqual(['job-1', 'job-1', 'job-2']);
  });
});

const GRACE = 300_000;
const endOf = async (h: Harness, stream: string) =>
  (await h.data(stream, 'StepFailed')).map(({ time }) => time as number);

describe('a deadline for an answer', () => {
  it('neither passes during a pause nor in the grace after it, and an answer that comes then counts', async () => {
    const h = harness(CALLED);
    h.answers.push(accepted, accepted);
    const runtime = await h.runner({ graceMs: GRACE });
    for (const n of [1, 2]) await runtime.dispatch(`job-${n}`, start(), by(`${n}`));
    await h.settle();
    runtime.pause();
    await h.advance(1_000_000);
    await runtime.unpause(h.clock.now());
    const continued = h.clock.now();
    await h.advance(GRACE - 1_000);
    const answer = { type: 'Outcome', key: 'a/1', attempt: 0, outcome: done(), via: 'callback', jitter: 0 } as const;
    const told: Driving = { ...answer, time: h.clock.now() };
    await runtime.dispatch('job-1', told, by('3'), 'callback');
    expect(await endOf(h, 'job-2')).toEqual([]);
    await h.advance(GRACE);
    expect((await h.types('job-1')).at(-1)).toBe('StepCompleted');
    const [ended] = await endOf(h, 'job-2');
    expect(ended! - continued).toBeGreaterThanOrEqual(GRACE);
    expect(ended! - continued).toBeLessThanOrEqual(GRACE * 1.2 + 1_000);
  });

  it('does not pass in the grace after a start; later ones pass in time', async () => {
    const h = harness(CALLED);
    h.answers.push(accepted, accepted);
    const first = await h.runner({ graceMs: GRACE });
    await first.dispatch('job-1', start(), by('1'));
    await h.settle();
    first.kill();
    await h.advance(90_000);
    const second = await h.runner({ graceMs: GRACE, othersDead: true, seed: 2 });
    const started = h.clock.now();
    await h.advance(GRACE - 100);
    expect(await endOf(h, 'job-1')).toEqual([]);
    await second.dispatch('job-2', start(), by('2'));
    const began = h.clock.now();
    await h.advance(GRACE);
    expect((await endOf(h, 'job-1'))[0]! - started).toBeGreaterThanOrEqual(GRACE);
    expect((await endOf(h, 'job-2'))[0]! - began).toBeLessThanOrEqual(61_000);
  });

  it('that was held back is asked about first, where that is possible, and many are spread out', async () => {
    const h = harness({ ...POLLED, completion: { kind: 'poll', everyMs: 3_600_000, deadlineMs: 60_000 } });
    const runtime = await h.runner({ graceMs: GRACE });
    for (let n = 0; n < 20; n++) {
      h.answers.push(accepted);
      await runtime.dispatch(`job-${n}`, start(), by(`${n}`));
    }
    await h.settle();
    runtime.pause();
    await h.advance(100_000);
    for (let n = 0; n < 20; n++) h.answers.push(n % 2 === 0 ? () => done() : pending);
    await runtime.unpause(h.clock.now());
    const continued = h.clock.now();
    await h.advance(GRACE * 1.3);
    const ends: string[] = [];
    const times = new Set<number>();
    for (let n = 0; n < 20; n++) {
      const types = await h.types(`job-${n}`);
      expect(types).toContain('StepOverdue');
      times.add((await h.data(`job-${n}`, 'StepOverdue'))[0]!['time'] as number);
      ends.push(types.at(-1)!);
    }
    expect([...new Set(ends)].sort()).toEqual(['StepCompleted', 'StepFailed']);
    expect(times.size).toBeGreaterThan(10);
    expect(Math.min(...times) - continued).toBeGreaterThanOrEqual(GRACE);
  });
});
