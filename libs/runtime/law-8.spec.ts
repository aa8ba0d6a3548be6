import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';
import type { AnyDecider } from './index.js';
import { AT_ONCE, by, done, harness, type Harness } from './test/harness.js';
import { jobDecider, jobEvents } from './test/job.decider.js';

const S = 'job-1';
type Events = readonly EventSpec<string, never>[];

/** The next release of the job: it can be noted. */
const noting: AnyDecider = {
  ...jobDecider(AT_ONCE),
  decide: (command: { type: string }, state: never): readonly DomainEvent[] =>
    command.type === 'Note' ? [{ type: 'Noted', data: {} }] : jobDecider(AT_ONCE).decide(command as never, state),
};
const withNoted: Events = [...jobEvents, { category: 'job', type: 'Noted', schema: Type.Object({}) }];

/** The next release of the job: `Touched` has a second schema version. */
const withNewTouched: Events = jobEvents.map((spec) => (spec.type === 'Touched' ? { ...spec, version: 2 } : spec));

const newer = [
  { what: 'an unregistered event type', events: withNoted, command: 'Note' },
  { what: 'a newer schema version', events: withNewTouched, command: 'Touch' },
];

/** A started job with work owed, on which the newer release (not a worker) has written `command`'s event. */
async function begun(h: Harness, events: Events, command: string): Promise<void> {
  const api = await h.runner({ worker: false, events, decider: noting });
  await api.dispatch(S, { type: 'StartJob', steps: ['a'] } as never, by('1'));
  await api.dispatch(S, { type: command }, by('2'));
}

describe.each(newer)('law 8: definitions are pinned: $what', ({ events, command }) => {
  it('leaves the instance untouched and says so', async () => {
    const h = harness();
    await begun(h, events, command);
    const before = await h.types(S);
    await h.runner({ seed: 2, othersDead: true });
    await h.advance(20_000);
    expect(await h.types(S)).toEqual(before);
    expect(h.calls).toEqual([]);
    expect(h.stuck.join()).toMatch(/^job-1: UnknownEvent: no code here for event (Noted|Touched) version/);
  });

  it('refuses commands on it without a trace', async () => {
    const h = harness();
    await begun(h, events, command);
    const before = await h.types(S);
    const older = await h.runner({ seed: 2 });
    await expect(older.dispatch(S, { type: 'Touch' }, by('3'))).rejects.toMatchObject({ name: 'UnknownEvent' });
    expect(await h.types(S)).toEqual(before);
  });

  it('leaves it to a process that has the code, which carries it on beside the one that lacks it', async () => {
    const h = harness();
    await begun(h, events, command);
    h.answers.push(() => done());
    await h.runner({ seed: 2 });
    await h.runner({ seed: 3, events, decider: noting });
    await h.advance(12_000);
    expect((await h.types(S)).at(-1)).toBe('StepCompleted');
    expect(h.calls).toHaveLength(1);
  });

  it('goes on with other instances meanwhile', async () => {
    const h = harness();
    await begun(h, events, command);
    h.answers.push(() => done());
    const older = await h.runner({ seed: 2 });
    await older.dispatch('job-2', { type: 'StartJob', steps: ['a'] } as never, by('9'));
    await h.settle();
    expect((await h.types('job-2')).at(-1)).toBe('StepCompleted');
  });
});

describe('law 8: an effect that this process lacks', () => {
  it('is told of less and less often while the instance is left alone', async () => {
    const h = harness();
    const lacking: AnyDecider = {
      ...jobDecider(AT_ONCE),
      next: (state: never) =>
        jobDecider(AT_ONCE)
          .next(state)
          .map((item) => ({ ...item, effect: 'elsewhere' })),
    };
    const runtime = await h.runner({ decider: lacking });
    await runtime.dispatch(S, { type: 'StartJob', steps: ['a'] } as never, by('1'));
    await h.advance(120_000);
    expect(await h.types(S)).toEqual(['JobStarted']);
    expect(h.stuck.join()).toMatch(/there is no effect elsewhere here/);
    expect(h.stuck.length).toBeLessThan(20);
  });
});
