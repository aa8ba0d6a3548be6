import { describe, expect, it } from '@jest/globals';
import { csvLine } from './csv.js';

describe('a line of CSV', () => {
  it('quotes what would part it, and ends with CR LF', () => {
    expect(csvLine(['a', 'b,c', 'say "x"', 'two\nlines', ' x', null, undefined, true, -5, ''])).toBe(
      'a,"b,c","say ""x""","two\nlines"," x",,,true,-5,\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\r=1', '\n@x', '\uff1d1', '\u0000=1'])(
    'never begins a cell with what a spreadsheet would run: %j',
    (text) => {
      const cell = csvLine([text]).slice(0, -2).replace(/^"/, '');
      expect(cell.startsWith("'")).toBe(true);
    },
  );

  it.each(['a=1', '10-5', "it's", 'x@y.example'])('leaves %j as it is', (text) => {
    expect(csvLine([text])).toBe(`${text}\r\n`);
  });
});
