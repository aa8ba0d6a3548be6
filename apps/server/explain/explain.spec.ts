import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-store';
import type { Owed } from '#kernel';
import { explain, type Evidence } from './explain.js';
import { ROUTES } from './fitting.js';
import { plainSubject, type Subject } from './subject.js';
import { triesOf } from './tries.js';
import { stepOfKey, waitingFor, WAITS, type Row, type RowStatus, type WaitsFor } from './waits.js';

const run = (key: string, more: object = {}): Owed => ({
  kind: 'run',
  key,
  effect: 'x',
  attempt: 1,
  input: {},
  notBefore: 0,
  ...more,
});
const wait = (key: string, until?: number): Owed => ({ kind: 'wait', key, ...(until !== undefined && { until }) });

/** Every status of a step with what is owed for it, and what that means; undefined where nothing is ever owed. */
const BY_STATUS: Readonly<Record<RowStatus, readonly (readonly [Owed, WaitsFor, number | null])[]>> = {
  intended: [
    [run('a/1', { notBefore: 12_000, until: 10_000 }), 'under_way', 10_000],
    [wait('a/1', 12_000), 'under_way', 12_000],
  ],
  retrying: [[run('a/1', { notBefore: 5 }), 'retry', 5]],
  accepted: [
    [run('a/1', { notBefore: 6 }), 'poll', 6],
    [wait('a/1', 7), 'answer', 7],
  ],
  overdue: [
    [run('a/1', { notBefore: 8 }), 'probe', 8],
    [wait('a/1/operator'), 'late_answer', null],
  ],
  resumed: [
    [run('a/2'), 'attempt', null],
    [run('a/2', { notBefore: 4 }), 'planned', 4],
  ],
  suspended: [[wait('a/1'), 'form', null]],
  sleeping: [[wait('a/1', 9), 'time', 9]],
  failed: [[wait('a/operator'), 'operator', null]],
  done: [],
  passed: [],
  skipped: [],
  left: [],
};

describe('what is owed, in words', () => {
  it.each(Object.entries(BY_STATUS).flatMap(([status, all]) => all.map((each) => [status, ...each] as const)))(
    '%s: %j means %s, due %s',
    (status, item, means, due) => {
      const rowAt = (step: string): Row | undefined => (step === 'a' ? { status: status as RowStatus } : undefined);
      expect(waitingFor(item, rowAt)).toEqual({ for: means, step: 'a', due });
    },
  );

  it('of no step', () => {
    const none = () => undefined;
    expect(waitingFor(run('b/1'), none)).toEqual({ for: 'attempt', step: 'b', due: null });
    expect(waitingFor(run('b/1', { notBefore: 9 }), none)).toEqual({ for: 'planned', step: 'b', due: 9 });
    for (const key of ['start', 'trigger', 'continue', 'operator'] as const)
      expect(waitingFor(wait(key), none)).toEqual({ for: key, step: null, due: null });
  });

  it('knows the step of a key', () => {
    expect(['fan/2/b/1', 'need/provision/3', 'a/1/operator', 'A/operator', 'start'].map(stepOfKey)).toEqual([
      'fan/2/b',
      'need/provision',
      'a',
      'A',
      undefined,
    ]);
  });
});

const at = (time: number, type: string, data: object): RecordedEvent =>
  ({ type, data, metadata: { time } }) as unknown as RecordedEvent;
const failure = { kind: 'retryable', code: 'busy', message: 'not now' } as const;
const events = [
  at(1, 'StepStarted', { step: 'a', attempt: 1, owner: 'o', until: 10 }),
  at(2, 'StepRetryScheduled', { step: 'a', attempt: 1, failure, notBefore: 50 }),
  at(3, 'StepStarted', { step: 'b', attempt: 1, owner: 'o', until: 10 }),
  at(4, 'StepStarted', { step: 'a', attempt: 2, owner: 'o', until: 60 }),
  at(5, 'StepFailed', { step: 'a', attempt: 2, failure }),
];

describe('tries', () => {
  it('are counted with their answers, by step', () => {
    expect(triesOf(events, 'a')).toEqual({
      step: 'a',
      attempts: 2,
      since: 1,
      answers: [
        { at: 2, event: 'StepRetryScheduled', attempt: 1, failure },
        { at: 5, event: 'StepFailed', attempt: 2, failure },
      ],
    });
    expect(triesOf(events, 'b')).toMatchObject({ attempts: 1, answers: [] });
    expect(triesOf(events, 'c')).toBeUndefined();
  });
});

const told = (subject: Partial<Subject>, more: Partial<Evidence>) =>
  explain({
    stream: 'process-1',
    revision: 4,
    position: 9,
    events,
    owed: [],
    cspPausedSince: undefined,
    enginePausedSince: undefined,
    ...more,
    subject: { ...plainSubject, state: 'failed', ...subject },
  });
const kinds = (found: ReturnType<typeof told>) => found.waits.map((each) => each.for);

describe('an explanation', () => {
  it('shows a failed step that can be resumed, since its failure, with its tries', () => {
    const found = told({ troubled: ['a'], rowAt: () => ({ status: 'failed' }) }, {});
    expect(found).toMatchObject({
      open: true,
      waits: [{ for: 'operator', on: 'people', step: 'a', since: 5, due: null }],
    });
    expect(found.tries.map(({ step, attempts }) => [step, attempts])).toEqual([['a', 2]]);
  });

  it('names the failed step instead of an operator for nothing in particular', () => {
    const found = told({ troubled: ['a'], rowAt: () => undefined }, { owed: [wait('operator')] });
    expect(found.waits.map((each) => [each.for, each.step])).toEqual([['operator', 'a']]);
  });

  it('of what is over is closed', () => {
    expect(told({ state: 'completed' }, {})).toMatchObject({ open: false, waits: [], tries: [], commands: [] });
  });

  it('says since when somebody has paused it, and what may start when', () => {
    const paused = told({ pausedSince: 77 }, { owed: [wait('continue')] });
    expect(paused.waits).toMatchObject([{ for: 'continue', since: 77 }]);
    expect(told({ postponed: true }, { owed: [wait('start', 99)] }).waits).toMatchObject([
      { for: 'start_condition', due: 99 },
    ]);
  });

  it('says that CSP and engine are paused, with the command, while something would begin', () => {
    const pauses = { cspPausedSince: 6, enginePausedSince: 7 };
    const found = told({ csp: 'azure' }, { owed: [run('c/1')], ...pauses });
    expect(found.waits.map((each) => [each.for, each.since])).toEqual([
      ['attempt', 5],
      ['csp', 6],
      ['engine', 7],
    ]);
    expect(found.commands.map(({ url }) => url)).toEqual(['/api/csps/azure/continue', '/api/settings/status']);
    expect(kinds(told({ csp: 'azure' }, { owed: [wait('trigger')], ...pauses }))).toEqual(['trigger']);
  });

  it('waits for its definition where no code here knows it', () => {
    expect(told({}, { owed: undefined })).toMatchObject({
      state: 'CONFIGURATION_ERROR',
      open: true,
      waits: [{ for: 'definition', on: 'people' }],
    });
  });

  it('has a test for every kind of wait', () => {
    const shown = Object.values(BY_STATUS).flatMap((all) => all.map(([, means]) => means));
    const others = ['start', 'start_condition', 'trigger', 'continue', 'csp', 'engine', 'definition'];
    expect([...new Set([...shown, ...others])].sort()).toEqual(Object.keys(WAITS).sort());
  });
});

describe('the commands', () => {
  const document = JSON.parse(
    readFileSync(new URL('../../../docs/reference/openapi.json', import.meta.url), 'utf8'),
  ) as { paths: Record<string, Record<string, unknown>> };
  const plain = (path: string) => path.replace(/\{\w+\}/g, '{}');
  const known = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${plain(path)}`),
  );

  it('have addresses that the OpenAPI document knows', () => {
    const all = Object.values(ROUTES).flatMap((routes) => Object.values(routes) as [string, string][]);
    expect(
      all.map(([method, path]) => `${method} /api/${plain(path)}`).filter((each) => !known.includes(each)),
    ).toEqual([]);
  });
});
