import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import type { ArgumentsHost } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { Refusal } from '#kernel';
import { jsonPointer, parsePointer } from './pointer.js';
import { VaultError } from '../vault/vault-error.js';
import { ProblemFilter } from './problem.filter.js';
import { validationPipe } from './validation.js';

class Line {
  @IsInt()
  amount!: number;
}

class Order {
  @IsString()
  name!: string;

  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

const check = (body: unknown): Promise<unknown> => validationPipe().transform(body, { type: 'body', metatype: Order });

describe('validationPipe', () => {
  it('gives an instance of the class', async () => {
    const order = await check({ name: 'a', lines: [{ amount: 1 }] });
    expect(order).toBeInstanceOf(Order);
    expect((order as Order).lines[0]).toBeInstanceOf(Line);
  });

  it('refuses with one fault per field, by pointer', async () => {
    const refusal = await check({ lines: [{ amount: 1 }, { amount: 'x', 'a/b': 1 }], extra: 1 }).catch(
      (e: unknown) => e,
    );
    expect(refusal).toBeInstanceOf(Refusal);
    const { code, status, errors } = refusal as Refusal;
    expect([code, status]).toEqual(['validation_failed', 400]);
    expect(errors.map((e) => e.pointer).sort()).toEqual(['/extra', '/lines/1/amount', '/lines/1/a~1b', '/name'].sort());
    expect(errors.find((e) => e.pointer === '/extra')?.message).toBe('extra is not a known field');
  });
});

describe('jsonPointer', () => {
  it('escapes and reads back', () => {
    expect(jsonPointer(['a/b', 'c~d', 0])).toBe('/a~1b/c~0d/0');
    expect(parsePointer('/a~1b/c~0d/0')).toEqual(['a/b', 'c~d', '0']);
    expect([jsonPointer([]), parsePointer('')]).toEqual(['', []]);
    expect([parsePointer('a'), parsePointer('/~2')]).toEqual([undefined, undefined]);
  });
});

describe('ProblemFilter', () => {
  const answer = (error: unknown, sent = false) => {
    const seen: Record<string, unknown> = {};
    const reply = {
      sent,
      code: (status: number) => ((seen['status'] = status), reply),
      headers: (values: object) => ((seen['headers'] = values), reply),
      send: (body: string) => (seen['body'] = JSON.parse(body)),
    };
    const log = { error: jest.fn(), warn: jest.fn() };
    const http = { getResponse: () => reply, getRequest: () => ({ url: '/api/callbacks/tok.en?x=1' }) };
    const filter = new ProblemFilter(log);
    const { catch: handle } = filter;
    handle.call(filter, error, { switchToHttp: () => http } as unknown as ArgumentsHost);
    return { seen, log };
  };

  it('answers a refusal without a log line and without the token of the path', () => {
    const { seen, log } = answer(new Refusal('callback_late', 410, 'over'));
    expect(seen).toMatchObject({ status: 410, headers: { 'content-type': 'application/problem+json' } });
    expect(seen['body']).toMatchObject({ code: 'callback_late', instance: '/api/callbacks/[redacted]' });
    expect([log.error.mock.calls, log.warn.mock.calls]).toEqual([[], []]);
  });

  it('logs our own faults with the error, and codes the catalogue lacks', () => {
    const error = new Error('internals');
    expect(answer(error).log.error.mock.calls[0]?.[0]).toMatchObject({ err: error, code: 'internal_error' });
    expect(answer(new Refusal('made_up', 409, 'x')).log.error).toHaveBeenCalledTimes(1);
  });

  it('logs what a person is to mend in the vault with the error, whatever the answer hides', () => {
    const damaged = new VaultError('vault_damaged', 'vault:a#1 is not what was put there');
    const { seen, log } = answer(damaged);
    expect(seen).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'unavailable' } });
    expect(log.error.mock.calls[0]?.[0]).toMatchObject({ err: damaged });
  });

  it('leaves an answer alone that was sent already', () => {
    expect(answer(new Error('late'), true).seen).toEqual({});
  });
});
