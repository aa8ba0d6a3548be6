import { describe, expect, it } from '@jest/globals';
import { checkAnswer } from './openapi-check.js';

const ID = '00000000-0000-7000-8000-000000000000';
const problem = { type: 'urn:x', title: 'No', status: 404, code: 'not_found' };

function check(method: string, path: string, status: number, body?: unknown, type = 'application/json'): () => void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = new Headers(body === undefined ? {} : { 'content-type': `${type}; charset=utf-8` });
  return () => checkAnswer(method, path, { status, headers, text, body });
}

const ITEM = {
  name: 'n',
  csp: 'azure',
  state: 'COMPLETED',
  phase: 'COMPLETED',
  stage: null,
  createdAt: 1,
  updatedAt: 1,
};

describe('an answer against the OpenAPI document', () => {
  it.each([
    ['a fitting body', check('POST', '/api/portfolios', 202, { id: ID, position: 3 })],
    ['a refusal', check('GET', `/api/portfolios/${ID}?x=1`, 404, problem, 'application/problem+json')],
    ['no body where none is described', check('PUT', `/api/processes/${ID}/abort`, 204)],
    ['an address that is no route', check('GET', '/api/nowhere', 404, problem, 'application/problem+json')],
  ])('passes: %s', (_name, checking) => {
    expect(checking).not.toThrow();
  });

  it.each([
    ['a status that is not listed', check('POST', '/api/portfolios', 200, { id: ID, position: 3 }), /listed are/],
    ['a missing field', check('POST', '/api/portfolios', 202, { id: ID }), /position/],
    ['a wrong format', check('GET', '/api/portfolios', 200, { items: [{ ...ITEM, id: 'x' }], next: null }), /uuid/],
    ['a wrong type in a list', check('GET', '/api/processes', 200, [{ process_id: ID }]), /workflow_name/],
    ['a body where none is described', check('PUT', `/api/processes/${ID}/abort`, 204, {}), /no body/],
    ['a content type that is not listed', check('GET', '/api/portfolios', 400, problem), /content type/],
    ['success of an address that is no route', check('GET', '/api/nowhere', 200, {}), /no such route/],
  ])('fails and says why: %s', (_name, checking, why) => {
    expect(checking).toThrow(why);
  });
});
