import { describe, expect, it } from '@jest/globals';
import { NotFoundException, HttpException } from '@nestjs/common';
import { Refusal } from '#kernel';
import {
  DiskFull,
  EventTooLarge,
  revision,
  StoreUnavailable,
  UnknownEvent,
  WrongExpectedRevision,
  Corrupt,
} from '#event-store';
import { UnknownPlan } from '#portfolio';
import { UnknownDefinition } from '#workflow';
import { VaultError } from '../vault/vault-error.js';
import { errorCatalogue, isKnownCode } from './catalogue.js';
import { toProblem } from './problem.js';

const coded = (code: string, statusCode: number) => Object.assign(new Error('said by fastify'), { code, statusCode });

describe('toProblem', () => {
  it('tells a refusal with its extra members and faults', () => {
    const faults = [{ pointer: '/name', message: 'is missing' }];
    const problem = toProblem(
      new Refusal('state_conflict', 409, 'it is COMPLETED', { state: 'COMPLETED', legal: [] }, faults),
      '/api/x',
    );
    expect(problem).toEqual({
      status: 409,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        type: 'urn:purveyor:error:state_conflict',
        title: 'The command does not fit the state',
        status: 409,
        code: 'state_conflict',
        detail: 'it is COMPLETED',
        instance: '/api/x',
        errors: faults,
        state: 'COMPLETED',
        legal: [],
      },
    });
  });

  it('does not let an extra member replace a standard one', () => {
    expect(
      toProblem(new Refusal('not_found', 404, 'gone', { status: 200, code: 'ok', type: 'x' } as never)).body,
    ).toMatchObject({
      status: 404,
      code: 'not_found',
      type: 'urn:purveyor:error:not_found',
    });
  });

  it.each([
    ['wrong_expected_revision', 409, new WrongExpectedRevision('a-1', 'no_stream', revision(3))],
    ['event_too_large', 413, new EventTooLarge('a-1', 2_000_000, 1_048_576)],
    ['store_unavailable', 503, new StoreUnavailable('connection to 10.1.2.3 lost', false)],
    ['disk_full', 507, new DiskFull('no space')],
    ['unavailable', 503, new VaultError('vault_damaged', 'secret internals')],
    ['unavailable', 503, new VaultError('vault_unavailable', 'secret internals')],
    ['internal_error', 500, new VaultError('vault_bad_reference', 'secret internals')],
    ['corrupt', 500, new Corrupt('a-1 at 3 is damaged')],
    ['body_too_large', 413, coded('FST_ERR_CTP_BODY_TOO_LARGE', 413)],
    ['address_too_long', 414, coded('FST_ERR_MAX_PARAM_LENGTH', 414)],
    ['unsupported_media_type', 415, coded('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415)],
    ['malformed_json', 400, coded('FST_ERR_CTP_INVALID_JSON_BODY', 400)],
    ['malformed_json', 400, Object.assign(new SyntaxError('Unexpected token'), { statusCode: 400 })],
    ['malformed_json', 400, new HttpException('Unexpected token } in JSON at position 3', 400)],
    [
      'malformed_json',
      400,
      new HttpException("Body cannot be empty when content-type is set to 'application/json'", 400),
    ],
    ['not_found', 404, new NotFoundException('Cannot GET /api/callbacks/secret internals')],
    ['bad_request', 418, new HttpException('teapot', 418)],
    ['definition_unavailable', 409, new UnknownPlan('azure', 'azure', 7)],
    ['definition_unavailable', 409, new UnknownDefinition('create_user_group', 7)],
    ['configuration_error', 500, new UnknownEvent('portfolio', 'StageDreamt', 1)],
    ['internal_error', 500, new HttpException('secret internals', 502)],
    ['internal_error', 500, new Error('secret internals')],
    ['internal_error', 500, 'secret internals'],
    ['internal_error', 500, undefined],
  ])('answers %s with %i', (code, status, error) => {
    const problem = toProblem(error);
    expect([problem.body.code, problem.status, problem.body.status]).toEqual([code, status, status]);
    expect(isKnownCode(problem.body.code)).toBe(true);
    expect(JSON.stringify(problem)).not.toMatch(/secret internals|10\.1\.2\.3/);
  });

  it('says when to come back, and whether the outcome is known', () => {
    const lost = toProblem(new StoreUnavailable('gone', false));
    expect([lost.headers['retry-after'], lost.body['outcomeKnown']]).toEqual(['1', false]);
    const busy = toProblem(new Refusal('callback_busy', 503, 'busy', { retryAfter: 3 }));
    expect([busy.headers['retry-after'], 'retryAfter' in busy.body]).toEqual(['3', false]);
    expect(toProblem(new DiskFull('full')).headers['retry-after']).toBeUndefined();
  });
});

describe('errorCatalogue', () => {
  it('has each code once, in snake case, with all texts', () => {
    const codes = errorCatalogue.map((e) => e.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const e of errorCatalogue) {
      expect(e.code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect([e.title, e.meaning, e.whatToDo].every((text) => text.length > 3)).toBe(true);
      expect(e.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('does not know what is not in it', () => {
    expect(isKnownCode('no_such_code')).toBe(false);
  });
});
