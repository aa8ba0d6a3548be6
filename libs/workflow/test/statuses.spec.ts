import { describe, expect, it } from '@jest/globals';
import { inputStep, legalCommands, problemOf, processStatusReference, sleep, step, workflow } from '../index.js';
import { PROCESS_STATUSES, PROCESS_TRANSITIONS, STEP_STATES, processEvents } from '../published/index.js';
import { Driven, meta } from './driving.js';

const flow = (isTask = false) =>
  workflow({ ...meta, key: 'w', isTask }, [
    step({
      key: 'a',
      pollEffect: 'ask',
      policy: { completion: { kind: 'callback', deadlineMs: 10 }, overdue: { probe: true, then: 'fail' } },
    }),
    inputStep({ key: 'ask', pages: [], adds: {} }),
    sleep({ key: 'nap', ms: 9 }),
    step({ key: 'b' }),
    step({ key: 'c' }),
  ]);
const begun = (isTask = false) => new Driven(flow(isTask)).begin('w');

/** Every event of the tables, brought about once in a process of one branch; what it shows after each. */
const walks: readonly ((driven: Driven) => void)[] = [
  (driven) => {
    driven.answer(driven.intend(), { kind: 'accepted' });
    driven.time = 20;
    driven.due('a/1').callback('a/1', { kind: 'failed', failure: { kind: 'refused', code: 'x', message: 'x' } });
    driven.resume().done('a/2').resume().due('nap/1');
    driven.time = 40;
    driven.due('nap/1').done('b/1').failed('c/1');
    driven.send({ type: 'SkipStep', step: 'c', reason: 'r', time: 50 });
  },
  (driven) => void driven.failed('a/1', { kind: 'retryable' }).send({ type: 'AbortProcess', time: 2 }),
  (driven) => {
    const { key } = driven.intend();
    driven.send({ type: 'HandBack', owner: 'o', keys: [key], time: 2 });
  },
];

function seen(walk: (driven: Driven) => void): readonly { event: string; from: string; to: string }[] {
  const driven = begun();
  walk(driven);
  const again = new Driven(flow());
  return driven.events.map((event) => {
    const from = again.state.status;
    again.fold(event);
    return { event: event.type, from, to: again.state.status };
  });
}

describe('the table of statuses', () => {
  const all = walks.flatMap(seen);

  it('is what a process of one branch goes through, event by event', () => {
    const shows = Object.values(STEP_STATES).flatMap(({ by, shows: to }) => by.map((event) => [event, to] as const));
    for (const [event, to] of shows)
      expect(all.filter((each) => each.event === event)).toContainEqual(expect.objectContaining({ event, to }));
    for (const { event, to } of all) {
      const said = shows.find(([name]) => name === event)?.[1] ?? PROCESS_TRANSITIONS[event as 'ProcessStarted'].to;
      expect({ event, to }).toEqual({ event, to: said });
    }
  });

  it('lists every transition of a process as a whole, and no event outside its list changes a status', () => {
    for (const { event, from } of all.filter((each) => each.event in PROCESS_TRANSITIONS))
      expect(['none', ...PROCESS_TRANSITIONS[event as 'ProcessAborted'].from]).toContain(from);
    const aborted = begun().send({ type: 'AbortProcess', time: 2 });
    for (const event of ['ProcessCompleted', 'ProcessAborted']) {
      aborted.fold({ type: event, data: { time: 9 } } as never);
      expect(aborted.started).toMatchObject({ status: 'aborted', endedAt: 2 });
    }
  });

  it('names events that there are, and is in the reference', () => {
    const types = processEvents.map(({ type }) => type);
    const named = [
      ...Object.keys(PROCESS_TRANSITIONS),
      ...Object.values(STEP_STATES).flatMap(({ by }) => by as readonly string[]),
    ];
    expect(named.filter((type) => !types.includes(type))).toEqual([]);
    for (const name of [...Object.keys(PROCESS_STATUSES), ...named])
      expect(processStatusReference()).toContain(`\`${name}\``);
  });

  it('says which commands fit', () => {
    expect(legalCommands(begun().failed().started)).toEqual(PROCESS_STATUSES.failed.commands);
    expect(legalCommands(begun().started)).not.toContain('resume');
    expect(() => begun().resume()).toThrow(
      expect.objectContaining({ extra: { state: 'created', commands: PROCESS_STATUSES.created.commands } }),
    );
  });
});

describe('a failure of a task', () => {
  it.each([
    [{ kind: 'refused', code: 'inconsistent_data' }, 'inconsistent_data'],
    [{ kind: 'refused', code: 'x', status: 503 }, 'api_unavailable'],
    [{ kind: 'refused', code: 'x', status: 400 }, 'failed'],
    [{ kind: 'invalid_result', code: 'x' }, 'failed'],
  ])('%j shows %s; of a workflow it shows failed', (failure, shows) => {
    expect(begun(true).failed('a/1', failure).started.status).toBe(shows);
    expect(begun().failed('a/1', failure).started.status).toBe('failed');
  });

  it('is out of attempts when the other side is not there', () => {
    const once = workflow({ ...meta, key: 'w', isTask: true }, [
      step({ key: 'a', policy: { retry: { initialMs: 1, coefficient: 1, capMs: 1, jitter: 0, limit: 1 } } }),
    ]);
    const driven = new Driven(once).begin('w').failed('a/1', { kind: 'retryable' });
    expect(driven.started.status).toBe('api_unavailable');
    expect(problemOf(driven.started)).toMatchObject({ step: 'a', failure: { message: 'no', code: 'no' } });
  });
});
