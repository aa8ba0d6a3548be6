import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProcessEvent } from '#workflow';
import { Driven } from '../../libs/workflow/test/driving.js';
import { foldProcess } from '../../libs/read-models/processes/process.fold.js';
import { processDetail, processItem } from '../../libs/read-models/processes/process.shape.js';
import type { ProcessDoc } from '../../libs/read-models/processes/process.doc.js';
import { DEFINITIONS, happen, migrate, VALUE, VERSIONS } from './driven-processes.js';

function viewOf(events: readonly ProcessEvent[], actor = 'ann') {
  const doc = events.reduce<ProcessDoc | undefined>((before, event, i) => {
    const recorded = { ...event, metadata: { time: i, actor } };
    return foldProcess(before, JSON.parse(JSON.stringify(recorded)));
  }, undefined)!;
  const row = { id: 'p', is_task: 0, started_at: 0, updated_at: 0, created_by: 'ann' } as never;
  return { doc, detail: processDetail(processItem(row, []), doc) };
}

describe('the view of a process', () => {
  it('shows the status and the state that the decider folds, whatever happens', () => {
    const things = fc.array(fc.tuple(fc.nat(9), fc.nat(14)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom('every', 'undone', 'kid'), things, (name, all) => {
        const driven = new Driven(...DEFINITIONS).begin(name, { items: [1, 2, 3], sub: {} });
        for (const [pick, what] of all) happen(driven, pick, what);
        const { doc, detail } = viewOf(driven.events);
        expect(doc.status).toBe(driven.started.status);
        expect(detail.current_state).toEqual(driven.started.data);
      }),
      { numRuns: 300 },
    );
  });

  it('counts identical failures without hiding the attempts, and says who skipped and why', () => {
    const driven = new Driven(...DEFINITIONS).begin('kid');
    const busy = { kind: 'retryable', code: 'busy', message: 'later' };
    driven
      .failed('k/1', busy)
      .failed('k/1', busy)
      .failed('k/1', { ...busy, message: 'other', kind: 'refused' });
    const reason = 'done by hand';
    const skipping = { type: 'SkipStep', step: 'k', reason, result: { k: VALUE }, by: 'eve', time: 9 } as const;
    const before = viewOf(driven.events).detail;
    expect(before.steps[0]).toMatchObject({
      status: 'failed',
      retries: 2,
      failures: [
        { failure: busy, count: 2, first: 2, last: 4 },
        { failure: { message: 'other' }, count: 1 },
      ],
    });
    expect(before.traceback).toMatch(/^Step k \(k\), attempt 3: refused busy\nother/);
    const { steps } = viewOf(driven.send(skipping).events, 'eve').detail;
    expect(steps[0]).toMatchObject({ status: 'skipped', reason, created_by: 'eve', state_delta: { k: VALUE } });
    expect(driven.types.filter((type) => type.startsWith('StepRetry'))).toHaveLength(2);
  });

  it('knows steps by the paths they have after any number of migrations, whichever they began under', () => {
    const driven = new Driven(VERSIONS[0]!).begin('w', { items: [1, 2] });
    driven.done('fan/0/x/1').failed('fan/1/x/1');
    for (const to of VERSIONS.slice(1)) migrate(driven, to);
    driven.resume({ by: 'eve' }).done('fan/1/x/2');
    driven.done('latest/1', { k: VALUE }).failed('late/1');
    const { doc, detail } = viewOf(driven.events);
    expect(doc.status).toBe(driven.started.status);
    expect(detail.steps.map(({ key, status }) => [key, status])).toEqual([
      ['latest', 'success'],
      ['late', 'failed'],
      ['ask', 'pending'],
      ['fan/0/z', 'success'],
      ['fan/1/z', 'success'],
    ]);
  });

  it('keeps a step of a for-each that is due again through a migration', () => {
    const driven = new Driven(VERSIONS[0]!).begin('w', { items: [1, 2] });
    driven.done('fan/0/x/1').failed('fan/1/x/1').resume();
    migrate(driven, VERSIONS[1]!);
    const { doc } = viewOf(driven.events);
    expect(doc.steps.map(({ key }) => key)).toContain('fan/1/y');
    expect([doc.status, driven.started.status]).toEqual(['resumed', 'resumed']);
  });

  it('of a step that was passed over stays that when its success comes late', () => {
    const driven = new Driven(...DEFINITIONS).begin('kid').failed('k/1', { kind: 'retryable' });
    driven.send({ type: 'SkipStep', step: 'k', reason: 'by hand', result: { k: VALUE }, time: 9 });
    const before = viewOf(driven.events).detail;
    driven.answer({ key: 'k/1', attempt: 1 }, { kind: 'done', result: { k: VALUE } });
    expect(driven.types.at(-1)).toBe('StepCompleted');
    const { steps, current_state, last_status } = viewOf(driven.events).detail;
    expect({ steps, current_state, last_status }).toEqual({
      steps: before.steps,
      current_state: before.current_state,
      last_status: before.last_status,
    });
  });
});
