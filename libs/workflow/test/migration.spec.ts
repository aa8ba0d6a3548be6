import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import {
  callbackStep,
  forEach,
  inputStep,
  leftOver,
  sleep,
  step,
  stepGroup,
  UnknownDefinition,
  workflow,
  WorkflowRegistry,
  type Migration,
  type Node,
  type WorkflowDefinition,
} from '../index.js';
import { Driven, meta } from './driving.js';

const form = (key: string) => inputStep({ key, pages: [], adds: {} });
/** Each step key is a form, so that an instance can be suspended at every one of them. */
const KEYS = ['a', 'b', 'g/c', 'd'] as const;
const at = (keys: readonly string[]): readonly Node[] => {
  const inner = keys.filter((key) => key.startsWith('g/')).map((key) => form(key.slice(2)));
  const group = keys.findIndex((key) => key.startsWith('g/'));
  return keys.flatMap((key, i): Node[] =>
    key.startsWith('g/') ? (i === group ? [stepGroup('g', inner)] : []) : [form(key)],
  );
};
const version = (number: number, keys: readonly string[], migrates?: readonly Migration[]): WorkflowDefinition =>
  workflow({ ...meta, key: 'w', version: number, migrates }, at(keys) as never);

const first = version(1, KEYS);
/** Suspended at the n-th step: those before it are answered. */
function suspended(n: number): Driven {
  const driven = new Driven(first).begin('w');
  for (let i = 0; i < n; i++) driven.resume({ input: {} });
  expect(driven.keys).toEqual([`${KEYS[n]}/1`]);
  return driven;
}
/** Answers whatever form waits until the end; the keys in that order. */
function finished(driven: Driven): readonly string[] {
  const asked: string[] = [];
  while (driven.started.status === 'suspended') {
    const forms = driven.keys.map((key) => key.slice(0, -2));
    asked.push(forms[0]!);
    driven.resume({ input: {}, step: forms[0] });
  }
  expect(driven.started.status).toBe('completed');
  return asked;
}

const changes: Readonly<Record<string, { readonly keys: readonly string[]; readonly map: Migration['keys'] }>> = {
  insert: { keys: ['a', 'x', 'b', 'g/c', 'd'], map: {} },
  rename: { keys: ['a', 'B', 'g/C', 'd'], map: { b: 'B', 'g/c': 'g/C' } },
  reorder: { keys: ['d', 'g/c', 'b', 'a'], map: {} },
  remove: { keys: ['a', 'g/c', 'd'], map: { b: null } },
};

describe.each(Object.entries(changes))(
  '%s, deployed while an instance is suspended at every step',
  (_, { keys, map }) => {
    it.each(KEYS.map((_key, n) => n))(
      'at step %i it goes on in the new version, and does each step that is left once',
      (n) => {
        const driven = suspended(n).deploy(version(2, keys, [{ from: 1, keys: map }]));
        expect(driven.keys).toEqual(['$follow/1']);
        driven.answer(driven.run(), { kind: 'pending' });
        expect(driven.started).toMatchObject({ version: 2 });
        expect(driven.started.steps.map(({ key }) => key)).toEqual(keys);
        const before = KEYS.slice(0, n).flatMap((key) => map[key] ?? (map[key] === null ? [] : key));
        expect([...before, ...finished(driven)].sort()).toEqual([...keys].sort());
      },
    );

    it.each(KEYS.map((_key, n) => n))(
      'at step %i it finishes on what it pinned while the old version is there',
      (n) => {
        const driven = suspended(n).deploy(first, version(2, keys, [{ from: 1, keys: map }]));
        expect(finished(driven)).toEqual(KEYS.slice(n));
        expect(driven.started.version).toBe(1);
      },
    );

    it.each(KEYS.map((_key, n) => n))('at step %i it stops visibly where no migration is declared', (n) => {
      for (const number of [1, 2]) {
        const driven = suspended(n).deploy(version(number, keys));
        expect(() => driven.owed).toThrow(UnknownDefinition);
        expect(() => driven.resume({ input: {} })).toThrow(UnknownDefinition);
      }
    });

    it.each(KEYS.map((_key, n) => n))("at step %i an operator's command moves it as well", (n) => {
      const driven = suspended(n).deploy(version(2, keys, [{ from: 1, keys: map }]));
      driven.send({ type: 'AbortProcess', time: 9 });
      expect(driven.types.slice(-2)).toEqual(['ProcessMigrated', 'ProcessAborted']);
    });
  },
);

describe('a migration', () => {
  const one = (key: string, more: object = {}) =>
    workflow({ ...meta, key: 'w', ...more }, [step({ key }), step({ key: 'z' })]);
  const renamed = one('b', { version: 2, migrates: [{ from: 1, keys: { a: 'b' } }] });

  it('keeps the key of a request that has begun (law 2)', () => {
    const driven = new Driven(one('a')).begin('w');
    const run = driven.intend();
    driven.deploy(renamed).answer(driven.run('$follow/1'), { kind: 'pending' });
    expect(driven.run()).toMatchObject({ key: 'a/1', attempt: 2 });
    driven.answer(run, { kind: 'done', result: {} });
    expect(driven.keys).toEqual(['z/1']);
    expect(driven.done().started.status).toBe('completed');
  });

  it('begins another request of a renamed step under its old name, with its own code', () => {
    const driven = new Driven(one('a')).begin('w').failed();
    driven.deploy(renamed).resume();
    expect(driven.keys).toEqual(['a/2']);
    expect(driven.run().input).toMatchObject({ version: 2, step: 'b' });
  });

  it('leaves an instance alone one of whose steps would be lost while it is open', () => {
    const without = workflow({ ...meta, key: 'w', version: 2, migrates: [{ from: 1, keys: { a: null } }] }, [
      step({ key: 'z' }),
    ]);
    const driven = new Driven(one('a')).begin('w');
    driven.intend();
    expect(() => driven.deploy(without).owed).toThrow(UnknownDefinition);
    const unnamed = workflow({ ...meta, key: 'w', version: 2, migrates: [{ from: 1, keys: {} }] }, [
      step({ key: 'z' }),
    ]);
    expect(() => new Driven(one('a')).begin('w').deploy(unnamed).owed).toThrow(UnknownDefinition);
  });

  it('leaves an instance alone where another step has the name under which a request has begun (law 2)', () => {
    const two = (first: string, second: string, more: object = {}) =>
      workflow({ ...meta, key: 'w', ...more }, [step({ key: first }), step({ key: second }), step({ key: 'z' })]);
    const taken: readonly WorkflowDefinition[] = [
      two('b', 'a', { version: 2, migrates: [{ from: 1, keys: { a: 'b', c: null } }] }),
      two('a', 'x', { version: 2, migrates: [{ from: 1, keys: { a: null, c: 'x' } }] }),
    ];
    for (const definition of taken) {
      const begun = new Driven(two('a', 'c')).begin('w').done();
      expect(() => begun.deploy(definition).owed).toThrow(UnknownDefinition);
      const fresh = new Driven(two('a', 'c')).begin('w').deploy(definition);
      expect(fresh.answer(fresh.run(), { kind: 'pending' }).started.version).toBe(2);
    }
  });

  const moved = (driven: Driven, definition: WorkflowDefinition) =>
    driven.deploy(definition).answer(driven.run('$follow/1'), { kind: 'pending' });
  const accepted = { kind: 'accepted', location: 'there' } as const;
  const asking = (key: string, more: object = {}) =>
    workflow({ ...meta, key: 'w', ...more }, [
      callbackStep({ key, deadlineMs: 1_000, action: () => undefined, compensate: () => undefined }),
      inputStep({ key: 'form', pages: [], adds: {} }),
    ]);
  const asksNow = { 'a/action': 'b/action', 'a/validate': 'b/validate', 'a/clean_up': 'b/clean_up' };
  const renamedAsking = asking('b', { version: 2, migrates: [{ from: 1, keys: asksNow }] });

  it('lets a callback step whose answer was found wanting ask once more', () => {
    const driven = new Driven(asking('a')).begin('w');
    driven.answer(driven.intend(), accepted).callback('a/action/1', { kind: 'done', result: {} }).failed();
    expect(moved(driven, renamedAsking).resume().keys).toEqual(['a/action/2']);
  });

  describe('of a step that an operator passed over', () => {
    const over = (driven: Driven, step: string, result?: object) =>
      driven.send({ type: 'SkipStep', step, reason: 'by hand', ...(result && { result: { ...result } }), time: 2 });
    const passed = (): Driven => over(new Driven(one('a')).begin('w').failed(), 'a');
    const swapped = (from: number, key: string) =>
      workflow({ ...meta, key: 'w', version: from + 1, migrates: [{ from, keys: { [key]: 'b' } }] }, [
        step({ key: 'b' }),
        step({ key: 'a' }),
        step({ key: 'z' }),
      ]);

    it('leaves the instance alone where another step takes its name (law 2)', () => {
      expect(() => passed().deploy(swapped(1, 'a')).owed).toThrow(UnknownDefinition);
      const twice = moved(passed(), one('c', { version: 2, migrates: [{ from: 1, keys: { a: 'c' } }] }));
      expect(() => twice.deploy(swapped(2, 'c')).owed).toThrow(UnknownDefinition);
    });

    it('and of one that was removed, whatever became of it, does so too', () => {
      const without = workflow({ ...meta, key: 'w', version: 2, migrates: [{ from: 1, keys: { a: null } }] }, [
        step({ key: 'z' }),
      ]);
      const again = one('a', { version: 3, migrates: [{ from: 2, keys: {} }] });
      for (const driven of [passed(), new Driven(one('a')).begin('w').done()]) {
        moved(driven, without);
        expect(driven.keys).toEqual(['z/1']);
        expect(() => driven.deploy(again).owed).toThrow(UnknownDefinition);
      }
    });

    const answer = { callback_result: 'by hand' };
    it.each([
      ['before', (driven: Driven) => over(moved(driven, renamedAsking), 'b/action', answer)],
      ['after', (driven: Driven) => moved(over(driven, 'a/action', answer), renamedAsking)],
    ])('keeps its late success, and undoes it, when it was renamed %s it was passed over', (_, both) => {
      const driven = new Driven(asking('a')).begin('w');
      driven.answer(driven.intend('a/action/1'), accepted);
      const late = { kind: 'done', result: 'late' } as const;
      both(driven).callback('a/action/1', late);
      expect(driven.events.at(-1)).toMatchObject({ type: 'StepCompleted', data: { step: 'a/action' } });
      expect(driven.callback('a/action/1', late).types.filter((type) => type === 'StepCompleted')).toHaveLength(1);
      expect(driven.done().done().keys).toEqual(['form/1']);
      expect(driven.started.data).toEqual(answer);
      const compiled = new WorkflowRegistry([renamedAsking]).latest('w')!;
      const left = () => leftOver(compiled, driven.started);
      expect(left()).toEqual([{ step: 'a/action', outcome: 'success', commands: ['compensate'] }]);
      driven.send({ type: 'CompensateProcess', time: 9 });
      expect(driven.run().input).toMatchObject({ undo: true, state: { callback_result: 'late' } });
      driven.done('$undo/a/action/1');
      expect([driven.started.status, driven.owed, left()]).toEqual(['aborted', [], []]);
    });
  });

  it('takes back a name that was changed', () => {
    const driven = new Driven(one('a')).begin('w');
    driven.intend();
    driven.deploy(renamed).answer(driven.run('$follow/1'), { kind: 'pending' });
    driven.deploy(one('a', { version: 3, migrates: [{ from: 2, keys: { b: 'a' } }] }));
    driven.answer(driven.run('$follow/1'), { kind: 'pending' });
    expect(driven.run()).toMatchObject({ key: 'a/1', attempt: 2, input: { step: 'a', version: 1 } });
    expect(driven.done().done().started.status).toBe('completed');
  });

  it('lets a request find its code after any number of moves, and its undoing too, with what was frozen', () => {
    const undoing = (key: string, more: object = {}) =>
      workflow({ ...meta, key: 'w', ...more }, [step({ key, compensate: async () => undefined }), step({ key: 'z' })]);
    const driven = new Driven(undoing('a')).begin('w');
    driven.intend();
    driven.deploy(undoing('b', { version: 2, migrates: [{ from: 1, keys: { a: 'b' } }] }));
    driven.answer(driven.run('$follow/1'), { kind: 'pending' });
    driven.deploy(undoing('c', { version: 3, migrates: [{ from: 2, keys: { b: 'c' } }] }));
    driven.answer(driven.run('$follow/1'), { kind: 'pending' });
    const now = { version: 3, step: 'c' };
    expect(driven.run()).toMatchObject({ key: 'a/1', input: { version: 1, step: 'a', now } });
    const undone = driven.done().failed('z/1').send({ type: 'CompensateProcess', time: 9 });
    expect(undone.run()).toMatchObject({ key: '$undo/a/1', input: { version: 1, step: 'a', undo: true, now } });
    expect(undone.intend().intent).toBeDefined();
    expect(JSON.stringify(undone.events)).not.toContain('"now"');
  });

  it('moves the steps of a for-each whatever their element', () => {
    const list = { list: Type.Array(Type.Number()) };
    const fan = (key: string, more: object = {}) =>
      workflow({ ...meta, key: 'w', input: list, ...more }, [
        forEach('fan', 'list', [step({ key: 'x' }), step({ key })]),
      ]);
    const driven = new Driven(fan('a'))
      .begin('w', { list: [1, 2] })
      .done('fan/0/x/1')
      .done('fan/1/x/1')
      .done('fan/0/a/1');
    driven.deploy(fan('b', { version: 2, migrates: [{ from: 1, keys: { 'fan/*/a': 'fan/*/b' } }] }));
    driven.answer(driven.run(), { kind: 'pending' });
    expect(driven.keys).toEqual(['fan/1/b/1']);
    expect(driven.done().started.status).toBe('completed');
  });

  it('of a sleep keeps its time', () => {
    const nap = (key: string, more: object = {}) => workflow({ ...meta, key: 'w', ...more }, [sleep({ key, ms: 100 })]);
    const driven = new Driven(nap('a')).begin('w');
    driven
      .deploy(nap('b', { version: 2, migrates: [{ from: 1, keys: { a: 'b' } }] }))
      .answer(driven.run(), { kind: 'pending' });
    expect(driven.owed).toEqual([{ kind: 'wait', key: 'b/1', until: 101 }]);
  });

  it('is refused at start-up when it leads nowhere, or out of a for-each or a focus', () => {
    const wrong = (keys: Migration['keys']) => () =>
      new WorkflowRegistry([one('b', { version: 2, migrates: [{ from: 1, keys }] })]);
    expect(wrong({ a: 'nowhere' })).toThrow('cannot be moved');
    expect(wrong({ 'fan/*/a': 'b' })).toThrow('cannot be moved');
    expect(wrong({ '@focus/a': 'b' })).toThrow('cannot be moved');
    expect(wrong({ a: 'b' })).not.toThrow();
  });
});
