import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of } from 'rxjs';
import type { Parts } from '../composition/parts.js';
import { groupsOf, Reads } from './reads.js';
import { PositionInterceptor } from './position.interceptor.js';

interface Views {
  readonly position?: number;
  readonly ageMs?: number;
  readonly trouble?: string;
  readonly failure?: string;
}

/** The headers of one answer. */
async function headersOf(method: string, { position = 7, ageMs = 0, trouble, failure }: Views, body: object = {}) {
  const headers: Record<string, string> = {};
  const reply = { header: (name: string, value: string) => (headers[name] = value) };
  const parts = {
    trouble: () => trouble,
    views: { position: () => position, failure: () => failure, ageMs: () => ageMs },
  } as unknown as Parts;
  const http = { getRequest: () => ({ method, query: {} }), getResponse: () => reply };
  const context = {
    switchToHttp: () => http,
    getHandler: () => headersOf,
    getClass: () => PositionInterceptor,
  } as unknown as ExecutionContext;
  const next = { handle: () => of(body) } as CallHandler;
  await lastValueFrom(await new PositionInterceptor(parts).intercept(context, next));
  return headers;
}

describe('an answer to a query', () => {
  it('says what the views held, and nothing of age while they follow', async () => {
    expect(await headersOf('GET', { ageMs: 5_000 }, { position: 3 })).toEqual({ 'Purveyor-Position': '7' });
  });

  it.each([
    ['lagging', { ageMs: 5_600 }],
    ['projection-stopped', { ageMs: 5_600, failure: 'disk full' }],
    ['log-unreachable', { ageMs: 5_600, trouble: 'no answer', failure: 'no answer' }],
  ])('is marked %s, with its age', async (why, views) => {
    expect(await headersOf('GET', views)).toEqual({
      'Purveyor-Position': '7',
      'Purveyor-Stale': why,
      'Purveyor-Stale-Seconds': '6',
    });
  });
});

describe('a query', () => {
  class Everything {
    plain() {}
    @Reads('main', 'series')
    both() {}
  }
  @Reads('causes')
  class Causes {
    plain() {}
  }
  it.each([
    [Everything, 'plain', ['main']],
    [Everything, 'both', ['main', 'series']],
    [Causes, 'plain', ['causes']],
  ])('of %p.%s waits for the groups that it reads: %j', (target, method, groups) => {
    const getHandler = () => target.prototype[method as 'plain'];
    expect(groupsOf({ getHandler, getClass: () => target } as unknown as ExecutionContext)).toEqual(groups);
  });
});

describe('an answer to a command', () => {
  it('says where its write is, and nothing of the views', async () => {
    expect(await headersOf('POST', { ageMs: 60_000 }, { position: 9 })).toEqual({ 'Purveyor-Position': '9' });
    expect(await headersOf('POST', {}, {})).toEqual({});
  });
});
