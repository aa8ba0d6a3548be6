import { describe, expect, it } from '@jest/globals';
import { read } from '../repository/repository.js';

const rows = [...read('docs/reference/atat-defects.md').matchAll(/^\| (\d+) +\|.*\| `([^`]+)`: (.+?) +\|$/gm)];

describe('docs/reference/atat-defects.md', () => {
  it('answers all 26', () => {
    expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 26 }, (_none, index) => index + 1));
  });

  it.each(rows.map(([, number, file, name]) => [number!, file!, name!] as const))(
    'defect %s: %s has the test %s',
    (_number, file, name) => {
      // Its title is the first argument of `it(` or of what `it.each(...)` gave.
      expect(read(file)).toMatch(new RegExp(`(?:\\bit|\\))\\(\\s*(['"\`])${escaped(name)}\\1`));
    },
  );
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
