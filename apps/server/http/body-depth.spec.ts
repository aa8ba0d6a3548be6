import { describe, expect, it } from '@jest/globals';
import { tooDeep } from './body-depth.js';

const nested = (depth: number): unknown => JSON.parse(`${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`);

describe('the depth of a body', () => {
  it('is a hundred levels at most', () => {
    for (const body of [undefined, null, 'text', 1, [], nested(100), { a: nested(98), b: [] }])
      expect(tooDeep(body)).toBeUndefined();
    for (const body of [nested(102), { a: [1, nested(100)] }, nested(200_000)])
      expect(tooDeep(body)).toMatchObject({ code: 'validation_failed', status: 400, errors: [{ pointer: '' }] });
  });
});
