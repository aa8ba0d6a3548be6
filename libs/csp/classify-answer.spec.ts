import { expect, it } from '@jest/globals';
import { classify } from './classify-answer.js';

const answered = (status: number, text: string) =>
  classify({ status, text, headers: { get: () => null } }, 'http://csp/x', 0);

it('takes an answer without a body for an empty result: a removal has nothing to tell', () => {
  for (const text of ['', ' \r\n']) expect(answered(200, text)).toEqual({ kind: 'done', result: {} });
  expect(answered(204, '')).toEqual({ kind: 'done', result: {} });
  expect(answered(200, 'null')).toMatchObject({ kind: 'failed', failure: { code: 'not_json' } });
});
