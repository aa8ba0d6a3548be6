import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import {
  callbackStep,
  conditional,
  focus,
  forEach,
  inputStep,
  parallel,
  retryStep,
  sleep,
  step,
  stepGroup,
  subWorkflow,
  workflow,
} from '../index.js';
import { meta } from './driving.js';

const n = Type.Number();
const x = { x: n };
const needs = step({ key: 'needs', reads: x });
const adds = step({ key: 'adds', adds: x });
const w = { ...meta, key: 'w' };
const numbers = { input: { list: Type.Array(n) } };

/** What must not compile stands behind `@ts-expect-error`: the type check of the repository is the test. */
const wrong = [
  // @ts-expect-error nothing adds x
  () => workflow(w, [needs]),
  // @ts-expect-error the group needs x
  () => workflow(w, [stepGroup('g', [needs])]),
  // @ts-expect-error the conditional's step needs x
  () => workflow(w, [conditional({ key: 'if', when: () => true, steps: [needs] })]),
  // @ts-expect-error the condition needs x
  () => workflow(w, [conditional({ key: 'if', reads: x, when: (state) => state.x > 0, steps: [] })]),
  // @ts-expect-error what a conditional adds may be missing
  () => workflow(w, [conditional({ key: 'if', when: () => true, steps: [adds] }), needs]),
  // @ts-expect-error the dictionary lacks x
  () => workflow({ ...w, input: { sub: Type.Object({}) } }, [focus('sub', [needs])]),
  // @ts-expect-error x is in the dictionary, not in the state
  () => workflow({ ...w, input: { sub: Type.Object({}) } }, [focus('sub', [adds]), needs]),
  // @ts-expect-error the sleep needs x
  () => workflow(w, [sleep({ key: 'nap', reads: x, until: (state) => state.x })]),
  // @ts-expect-error only one of the branches adds x, and only one is done
  () => workflow(w, [parallel('race', { a: [adds], b: [] }, { join: 'first' }), needs]),
  // @ts-expect-error the child's start needs x
  () => workflow(w, [subWorkflow({ key: 'c', workflow: 'c', reads: x, input: (state) => state })]),
  // @ts-expect-error the callback's action needs x
  () => workflow(w, [callbackStep({ key: 'cb', reads: x, action: () => undefined, deadlineMs: 1 })]),
  // @ts-expect-error the retried step needs x
  () => workflow(w, [retryStep({ key: 'r', reads: x, retry: { limit: 2 } })]),
  // @ts-expect-error there is no list
  () => workflow(w, [forEach('fan', 'list', [])]),
  // @ts-expect-error the form gives no x
  () => workflow(w, [inputStep({ key: 'ask', pages: [], adds: {} }), needs]),
];

const right = [
  () => workflow(w, [stepGroup('g', [adds]), needs]),
  () => workflow(w, [inputStep({ key: 'ask', pages: [], adds: x }), needs]),
  () => workflow(w, [adds, conditional({ key: 'if', reads: x, when: (state) => state.x > 0, steps: [needs] })]),
  () =>
    workflow(w, [
      conditional({ key: 'if', when: () => true, steps: [adds] }),
      step({ key: 'may', reads: { x: Type.Optional(n) } }),
    ]),
  () => workflow({ ...w, input: { sub: Type.Object({}) } }, [focus('sub', [adds]), focus('sub', [])]),
  () => workflow({ ...w, input: { sub: Type.Object(x) } }, [focus('sub', [needs])]),
  () => workflow(w, [parallel('race', { a: [adds], b: [adds] }, { join: 'first' }), needs]),
  () =>
    workflow(w, [
      callbackStep({ key: 'cb', action: () => undefined, deadlineMs: 1, resultKey: 'told' }),
      step({ key: 'end', reads: { told: Type.Unknown() } }),
    ]),
  () => workflow({ ...w, ...numbers }, [forEach('fan', 'list', [step({ key: 'e', reads: { item: n, index: n } })])]),
  () =>
    workflow(w, [
      subWorkflow({ key: 'c', workflow: 'c', input: () => ({}), adds: x, result: () => ({ x: 1 }) }),
      needs,
    ]),
];

describe('wiring', () => {
  it('of every kind does not compile where an input is missing', () => {
    expect(wrong.map((make) => make().key)).toEqual(wrong.map(() => 'w'));
  });
  it('of every kind compiles where it is there', () => {
    expect(right.map((make) => make().key)).toEqual(right.map(() => 'w'));
  });
});
