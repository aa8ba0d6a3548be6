import { describe, expect, it } from '@jest/globals';
import { detail } from './detail.js';
import { show } from './text.js';
import { table } from './table.js';

const ROWS = [
  { id: 'a', of: { name: 'Engine' }, note: 'x'.repeat(60), updatedAt: 1_700_000_000_000 },
  { id: 'bb', of: null, note: null, updatedAt: null },
];
const COLUMNS = [
  { key: 'id' },
  { key: 'of.name', title: 'name' },
  { key: 'note' },
  { key: 'updatedAt', title: 'changed' },
];

describe('a table', () => {
  it('aligns columns under their titles and shows instants as UTC', () => {
    const lines = table(ROWS, COLUMNS).split('\n');
    expect(lines[0]).toBe(`ID  NAME    NOTE${' '.repeat(58)}CHANGED`);
    expect(lines[1]).toBe(`a   Engine  ${'x'.repeat(60)}  2023-11-14 22:13:20Z`);
    expect(lines[2]).toBe(`bb  -       -${' '.repeat(61)}-`);
  });

  it('cuts the widest column, and only that, to the width of a terminal', () => {
    const lines = table(ROWS, COLUMNS, 60).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBe(60);
    expect(lines[1]).toMatch(/^a {3}Engine {2}x+… {2}2023-11-14 22:13:20Z$/);
  });
});

it('shows what is nested in a row as what it is', () => {
  const rows = [{ metadata: { time: 1_700_000_000_000 } }];
  expect(table(rows, [{ key: 'metadata.time', title: 'time' }])).toBe('TIME\n2023-11-14 22:13:20Z');
});

describe('a value', () => {
  it.each([
    ['started_at', 1_700_000_000.5, '2023-11-14 22:13:20Z'],
    ['attempts', 1_700_000_000, '1700000000'],
    ['position', 12, '12'],
    ['tags', ['a', 'b'], 'a, b'],
    ['tags', [], '-'],
    ['values', { a: 1 }, '{"a":1}'],
    ['insync', false, 'false'],
  ])('%s %j is shown as %s', (key, value, text) => expect(show(key, value)).toBe(text));

  it('cannot steer the terminal', () => {
    expect(show('name', '\u001b[2Jgone\n\u202eevil\u009b')).toBe('?[2Jgone??evil?');
  });
});

describe('a detail', () => {
  it('has the plain fields first, then what is nested, lists of objects as tables', () => {
    const text = detail({
      id: 'a',
      stages: [{ stage: 'TENANT', attempts: 1, failure: null }],
      plan: { name: 'p' },
      n: 2,
    });
    expect(text.split('\n')).toEqual([
      'id  a',
      'n   2',
      '',
      'stages',
      '  STAGE   ATTEMPTS',
      '  TENANT  1',
      '',
      'plan',
      '  name  p',
    ]);
  });
});
