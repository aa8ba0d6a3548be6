import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Type } from 'typebox';
import type { Outcome, Owed, Run } from '#kernel';
import {
  forEach,
  parallel,
  processDecider,
  step,
  UnknownDefinition,
  workflow,
  WorkflowRegistry,
  type ProcessEvent,
  type ProcessState,
  type StartedProcess,
} from '../index.js';

const n = Type.Number();
const meta = { version: 1, target: 'SYSTEM', description: 'test' } as const;
const tree = workflow({ ...meta, key: 'tree', input: { list: Type.Array(n) } }, [
  step({ key: 'a', adds: { x: n } }),
  parallel('both', {
    left: [step({ key: 'l', reads: { x: n }, adds: { l: n } })],
    right: [step({ key: 'r', adds: { r: n } }), step({ key: 's' })],
  }),
  forEach('fan', 'list', [step({ key: 'b', adds: { v: n } }), step({ key: 'c', reads: { v: n } })], { concurrency: 2 }),
  step({ key: 'end', reads: { l: n, r: n, fan: Type.Array(Type.Object({ v: n })) } }),
]);
const decider = processDecider(new WorkflowRegistry([tree]));
const fold = (events: readonly ProcessEvent[], from: ProcessState = decider.initial()) =>
  events.reduce((s, e) => decider.evolve(s, e), from);
const begin = (list: number[]) =>
  fold(
    decider.decide(
      { type: 'StartProcess', workflow: 'tree', state: { list }, createdBy: 'ann', time: 1 },
      decider.initial(),
    ),
  );
const runs = (owed: readonly Owed[]) => owed.filter((each): each is Run => each.kind === 'run');
const intend = (state: ProcessState, run: Run) =>
  fold([run.intent!({ owner: 'o', until: 10, time: 1, tokenKey: 'k' }) as ProcessEvent], state);
const ADDS: Record<string, string> = { a: 'x', l: 'l', r: 'r', b: 'v' };
const good = (key: string): Outcome => {
  const added = ADDS[key.split('/').at(-2)!];
  return { kind: 'done', result: added ? { [added]: 7 } : {} };
};
const answer = (state: ProcessState, { key, attempt }: Run, outcome: Outcome) =>
  decider.decide({ type: 'Outcome', key, attempt, outcome, time: 2, jitter: 0 }, state);
const failed = (kind: 'retryable' | 'refused'): Outcome => ({
  kind: 'failed',
  failure: { kind, code: 'no', message: 'no' },
});
function advance(state: ProcessState, run: Run, outcome: Outcome): ProcessState {
  const intended = intend(state, run);
  return fold(answer(intended, run, outcome), intended);
}

describe('the process decider', () => {
  it('owes both branches at once, and elements of a list up to the limit', () => {
    let state = begin([1, 2, 3]);
    expect(decider.next(state).map((o) => o.key)).toEqual(['a/1']);
    state = advance(state, runs(decider.next(state))[0]!, good('a/1'));
    expect(decider.next(state).map((o) => o.key)).toEqual(['both/left/l/1', 'both/right/r/1']);
    for (let i = 0; i < 3; i++) {
      const run = runs(decider.next(state))[0]!;
      state = advance(state, run, good(run.key));
    }
    expect(decider.next(state).map((o) => o.key)).toEqual(['fan/0/b/1', 'fan/1/b/1']);
    expect(runs(decider.next(state))[1]!.input).toMatchObject({ step: 'fan/1/b' });
  });

  it('refuses a result that is not what the step adds', () => {
    const state = begin([]);
    const [run] = runs(decider.next(state));
    expect(advance(state, run!, { kind: 'done', result: {} })).toMatchObject({ status: 'failed' });
  });

  it('goes on after resume at the failed step only, and tells what fits', () => {
    const state = begin([]);
    expect(() => decider.decide({ type: 'ResumeProcess', time: 3 }, state)).toThrow(
      expect.objectContaining({ code: 'invalid_process_status', status: 409 }),
    );
    const broken = advance(state, runs(decider.next(state))[0]!, failed('refused'));
    expect(decider.next(broken)).toEqual([]);
    const again = fold(decider.decide({ type: 'ResumeProcess', time: 3 }, broken), broken);
    expect(decider.next(again).map((o) => o.key)).toEqual(['a/2']);
  });

  it('records a late success after an abort and stays aborted', () => {
    const state = begin([]);
    const [run] = runs(decider.next(state));
    const intended = intend(state, run!);
    const aborted = fold(decider.decide({ type: 'AbortProcess', time: 3 }, intended), intended);
    expect(decider.next(aborted)).toEqual([]);
    const late = answer(aborted, run!, good(run!.key));
    expect(late.map((e) => e.type)).toEqual(['StepCompleted']);
    expect(fold(late, aborted)).toMatchObject({ status: 'aborted', data: { list: [] } });
  });

  it('refuses a start whose state is not what the workflow takes', () => {
    const input = { name: Type.String({ minLength: 1 }) };
    const taking = workflow({ key: 'taking', version: 1, target: 'SYSTEM', description: 'Taking', input }, []);
    const start = (state: object) =>
      processDecider(new WorkflowRegistry([taking])).decide(
        { type: 'StartProcess', workflow: 'taking', state: { ...state }, createdBy: 'ann', time: 0 },
        { status: 'none' },
      );
    const refused = (pointer: string) =>
      expect.objectContaining({
        code: 'validation_failed',
        status: 400,
        errors: [{ pointer, message: expect.any(String) }],
      });
    expect(() => start({})).toThrow(refused('/name'));
    expect(() => start({ name: 5 })).toThrow(refused('/name'));
    expect(start({ name: 'n', more: 1 }).map(({ type }) => type)).toEqual(['ProcessStarted', 'ProcessCompleted']);
  });

  it('leaves an instance alone whose definition it lacks', () => {
    const other = processDecider(new WorkflowRegistry([]));
    expect(() => other.next(begin([]))).toThrow(UnknownDefinition);
  });

  it('ends however branches and elements interleave, and never owes a finished step', () => {
    const choice = fc.record({ pick: fc.nat(), outcome: fc.constantFrom('good', 'good', 'retryable', 'refused') });
    fc.assert(
      fc.property(fc.array(n_(), { maxLength: 4 }), fc.array(choice, { maxLength: 60 }), (list, choices) => {
        let state = begin(list);
        const finished = new Set<string>();
        const go = (pick: number, outcome: string) => {
          const owed = runs(decider.next(state));
          if (owed.length === 0) return void resume();
          for (const each of owed) expect(finished.has(each.key.slice(0, each.key.lastIndexOf('/')))).toBe(false);
          const run = owed[pick % owed.length]!;
          const by = outcome === 'good' ? good(run.key) : failed(outcome as 'refused');
          state = advance(state, run, by);
          if (outcome === 'good') finished.add(run.key.slice(0, run.key.lastIndexOf('/')));
          expect(answer(state, run, good(run.key)).length === 0 || outcome !== 'good').toBe(true);
        };
        const resume = () => {
          if (state.status === 'failed') state = fold(decider.decide({ type: 'ResumeProcess', time: 3 }, state), state);
        };
        for (const { pick, outcome } of choices) go(pick, outcome);
        for (let i = 0; i < 60 && state.status !== 'completed'; i++) go(0, 'good');
        expect(state.status).toBe('completed');
        expect(finished.size).toBe(5 + 2 * list.length);
        const fan = (state as StartedProcess).data['fan'];
        expect(fan ?? []).toEqual(list.map(() => ({ v: 7 })));
      }),
      { numRuns: 200 },
    );
  });
});

const n_ = () => fc.integer();

describe('wiring', () => {
  it('does not compile where an input is missing', () => {
    const needs = step({ key: 'needs', reads: { x: n } });
    // @ts-expect-error nothing adds x
    const wrong = workflow({ ...meta, key: 'wrong' }, [needs]);
    const right = workflow({ ...meta, key: 'right' }, [step({ key: 'adds', adds: { x: n } }), needs]);
    // @ts-expect-error the branch needs x
    const branch = workflow({ ...meta, key: 'branch' }, [parallel('p', { one: [needs] })]);
    expect([wrong, right, branch].map((each) => each.steps.length)).toEqual([1, 2, 1]);
  });
  it('refuses keys that are numbers or there twice', () => {
    const twice = workflow({ ...meta, key: 'twice' }, [step({ key: 'a' }), step({ key: 'a' })]);
    const number = workflow({ ...meta, key: 'number' }, [step({ key: '1' })]);
    expect(() => new WorkflowRegistry([twice])).toThrow('there twice');
    expect(() => new WorkflowRegistry([number])).toThrow('not allowed');
  });
});
