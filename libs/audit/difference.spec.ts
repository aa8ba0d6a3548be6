import { describe, expect, it } from '@jest/globals';
import { sameJson } from '#kernel';
import { difference, type Change } from './difference.js';
import { SEED } from '../testing/seed.js';

/** Mulberry32. */
function numbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KEYS = ['a', 'b/c', 'd~e', '0', ''];

function anyJson(random: () => number, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 3 : 5));
  if (kind === 0) return Math.floor(random() * 3);
  if (kind === 1) return 'xyz'[Math.floor(random() * 3)];
  if (kind === 2) return [null, true, false][Math.floor(random() * 3)];
  const parts = KEYS.filter(() => random() < 0.5).map((key) => [key, anyJson(random, depth + 1)] as const);
  return kind === 3 ? parts.map(([, value]) => value) : Object.fromEntries(parts);
}

/** What RFC 6902 would do with the changes. */
function applied(document: unknown, changes: readonly Change[]): unknown {
  const root = { document: structuredClone(document) };
  const backwards = [...changes].reverse();
  for (const change of [...changes.filter((each) => 'new' in each), ...backwards.filter((each) => !('new' in each))]) {
    const path = ['document', ...change.path.split('/').slice(1).map(unescaped)];
    const last = path.pop()!;
    const at = path.reduce<any>((value, key) => value[key], root);
    if ('new' in change) at[last] = change.new;
    else if (Array.isArray(at)) at.splice(Number(last), 1);
    else delete at[last];
  }
  return root.document;
}
const unescaped = (key: string) => key.replaceAll('~1', '/').replaceAll('~0', '~');

describe('the difference of two documents', () => {
  it('names what changed, was added and was taken away by JSON pointer', () => {
    const before = { name: 'a', 'x/y': 1, gone: { deep: true }, list: [1, 2], same: { k: [] } };
    const after = { name: 'b', 'x/y': 2, came: [0], list: [1, 3, 4], same: { k: [] } };
    expect(difference(before, after)).toEqual([
      { path: '/came', new: [0] },
      { path: '/gone', old: { deep: true } },
      { path: '/list/1', old: 2, new: 3 },
      { path: '/list/2', new: 4 },
      { path: '/name', old: 'a', new: 'b' },
      { path: '/x~1y', old: 1, new: 2 },
    ]);
  });

  it('takes absent and undefined for the same, and null for a value', () => {
    expect(difference({ a: undefined }, {})).toEqual([]);
    expect(difference({ a: null }, {})).toEqual([{ path: '/a', old: null }]);
    expect(difference([], {})).toEqual([{ path: '', old: [], new: {} }]);
  });

  it(`turns any document into any other, seed ${SEED}`, () => {
    const random = numbers(SEED);
    for (let i = 0; i < 500; i++) {
      const [before, after] = [anyJson(random), anyJson(random)];
      const changes = difference(before, after);
      expect(sameJson(applied(before, changes), after)).toBe(true);
      expect(changes.length === 0).toBe(sameJson(before, after));
    }
  });
});
