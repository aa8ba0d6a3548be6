import { describe, expect, it } from '@jest/globals';
import type { WorkMessage } from '#event-store';
import { AT_ONCE, by, done, failed, harness } from './test/harness.js';
import { WorkTaker, type Taken } from './work-taker.js';

const keeper = { keepsTime: () => true };
const other = { keepsTime: () => false };
const start = (steps: readonly string[] = ['a']) => ({ type: 'StartJob', steps });
const POLLED = { ...AT_ONCE, completion: { kind: 'poll', everyMs: 1_000, deadlineMs: 60_000 } } as const;

describe('several workers', () => {
  it('are told by an append whether its runner goes on', async () => {
    const h = harness();
    const api = await h.runner({ worker: false, seed: 1 });
    const worker = await h.runner({ shared: other, seed: 2 });
    h.answers.push(() => done());
    await api.dispatch('job-1', start(), by('c1'));
    await worker.wake('job-1');
    await h.settle();
    const goesOn = (await h.store.readStream('job-1')).events.map(({ type, metadata }) => [
      type,
      (JSON.parse(metadata) as { goesOn?: true }).goesOn,
    ]);
    expect(goesOn).toEqual([
      ['JobStarted', undefined],
      ['StepStarted', true],
      ['StepCompleted', true],
    ]);
  });

  it('see what others appended when they are woken, though they hold the instance', async () => {
    const h = harness();
    const api = await h.runner({ worker: false, seed: 1 });
    const worker = await h.runner({ shared: other, seed: 2 });
    await worker.dispatch('job-1', start(), by('c1'));
    await h.settle();
    await api.dispatch('job-1', { type: 'Touch' }, by('c2'));
    await worker.wake('job-1');
    expect((await worker.load('job-1')).revision).toBe(2);
    expect(worker.figures.held).toBe(1);
  });

  it('leave what is overdue to the one that keeps the time', async () => {
    const h = harness();
    const api = await h.runner({ worker: false, seed: 1 });
    await h.runner({ shared: other, seed: 2 });
    await api.dispatch('job-1', start(), by('c1'));
    await h.advance(8_000);
    expect(h.calls).toHaveLength(0);
    await h.runner({ shared: keeper, seed: 3 });
    await h.advance(1_000);
    expect(h.calls).toHaveLength(1);
  });

  it('poll in one worker only, at the time that is recorded', async () => {
    const h = harness(POLLED);
    const first = await h.runner({ shared: other, seed: 1 });
    h.answers.push(() => ({ kind: 'accepted' }));
    await first.dispatch('job-1', start(), by('c1'));
    await h.advance(3_000);
    expect(h.calls).toHaveLength(1);
    await h.runner({ shared: keeper, seed: 2 });
    h.answers.push(
      () => ({ kind: 'pending' }),
      () => done(),
    );
    await h.advance(1_000);
    expect(h.calls).toHaveLength(2);
    await h.advance(1_500);
    expect(await h.types('job-1')).toEqual(['JobStarted', 'StepStarted', 'StepAccepted', 'StepCompleted']);
    expect(h.calls).toHaveLength(3);
  });

  it('take over what a dead one left, two seconds after its time and not before', async () => {
    const h = harness();
    const dead = await h.runner({ shared: other, seed: 1 });
    await dead.dispatch('job-1', start(), by('c1'));
    dead.kill();
    await h.runner({ shared: keeper, seed: 2 });
    await h.advance(11_900);
    expect(h.calls).toHaveLength(1);
    await h.advance(1_000);
    expect(h.calls).toHaveLength(2);
    expect((await h.data('job-1', 'StepStarted')).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('meet a retry of a dead one when it is due', async () => {
    const h = harness();
    const dead = await h.runner({ shared: other, seed: 1 });
    h.answers.push(() => failed('retryable', { retryAfterMs: 3_000 }));
    await dead.dispatch('job-1', start(), by('c1'));
    await h.settle();
    dead.kill();
    await h.runner({ shared: keeper, seed: 2 });
    await h.advance(2_900);
    expect(h.calls).toHaveLength(1);
    await h.advance(1_000);
    expect(h.calls).toHaveLength(2);
  });

  it('look less and less often at what cannot be carried on', async () => {
    const h = harness();
    const api = await h.runner({ worker: false, seed: 1 });
    await api.dispatch('job-1', start(), by('c1'));
    await h.runner({ shared: keeper, seed: 2, events: [] });
    await h.advance(5_000 + 40_000);
    expect(h.stuck.length).toBeGreaterThanOrEqual(3);
    expect(h.stuck.length).toBeLessThanOrEqual(7);
  });

  it('hold nothing and set no alarm in a process that only appends', async () => {
    const h = harness();
    const api = await h.runner({ worker: false });
    await api.dispatch('job-1', start(), by('c1'));
    expect(api.figures).toEqual({ held: 0, effects: 0, alarms: 0 });
  });
});

describe('a worker that takes messages', () => {
  const run = async (messages: readonly Partial<WorkMessage>[], wake: (stream: string) => Promise<void>) => {
    const h = harness();
    const said: string[] = [];
    const taken: Taken[] = [];
    const feed = {
      async *messages() {
        for (const message of messages)
          yield {
            stream: 'job-1',
            retries: 0,
            ack: () => said.push('ack'),
            nack: (reason: string) => said.push(`nack ${reason}`),
            ...message,
          } as WorkMessage;
      },
    };
    const taker = new WorkTaker({ feed, wake, clock: h.clock, observe: (what) => taken.push(what) });
    taker.begin();
    await h.settle();
    return { h, said, taken };
  };
  const metadata = (more: object) => ({ metadata: more as WorkMessage['metadata'] });
  const owed = { run: true, due: 0 };

  it('acknowledges unread what owes nothing, and what its own runner goes on with', async () => {
    const { said, taken } = await run([metadata({}), metadata({ owed, goesOn: true })], () =>
      Promise.reject(new Error()),
    );
    expect([said, taken]).toEqual([
      ['ack', 'ack'],
      ['unread', 'unread'],
    ]);
  });

  it('acknowledges the others when the instance has been woken, not before', async () => {
    let woken = () => {};
    const { h, said } = await run([metadata({ owed })], () => new Promise((resolve) => (woken = resolve)));
    expect(said).toEqual([]);
    woken();
    await h.settle();
    expect(said).toEqual(['ack']);
  });

  it('gives back after a pause what it cannot carry on, so that the tries do not end in a moment', async () => {
    const { h, said, taken } = await run([{ ...metadata({ owed }), retries: 3 }], () =>
      Promise.reject(new Error('no')),
    );
    await h.advance(700);
    expect([said, taken]).toEqual([[], ['failed']]);
    await h.advance(200);
    expect(said).toEqual(['nack no']);
  });
});
