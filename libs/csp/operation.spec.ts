import { describe, expect, it } from '@jest/globals';
import type { EffectCall } from '#runtime';
import { text, defineStage } from './define-stage.js';
import type { FetchResponse } from './http-client.js';
import { httpClient } from './http-client.js';
import { stageEffects } from './stage-effects.js';

const stage = defineStage('t', {
  name: 'MADE',
  label: 'made',
  payload: { name: { schema: text, from: { constant: 'n' } } },
  calls: [{ api: 'api', method: 'PUT', path: '/things/{name}', body: {}, take: { id: 'id' } }],
  completion: { kind: 'poll', everyMs: 1_000, deadlineMs: 60_000 },
  result: { id: text },
});

type Said = { status: number; headers?: Record<string, string>; body?: unknown };
const response = ({ status, headers = {}, body = {} }: Said): FetchResponse => ({
  status,
  headers: { get: (name) => headers[name] ?? null },
  body: (async function* () {
    yield Buffer.from(JSON.stringify(body));
  })(),
});

/** The effects against answers in order, with the addresses that were asked. */
function against(...answers: Said[]) {
  const asked: string[] = [];
  const client = httpClient({
    fetch: async (url, { method }) => {
      asked.push(`${method} ${url}`);
      return response(answers.shift()!);
    },
  });
  const vault = { put: async () => '', get: async () => '' };
  const [run, poll] = stageEffects(stage, { client, vault, endpoints: { api: 'http://csp/api' } });
  const call = (input: object) =>
    ({ input, signal: AbortSignal.timeout(1_000), idempotencyKey: 'k', attempt: 1 }) as unknown as EffectCall;
  return {
    asked,
    run: () => run!.run(call({ name: 'n' })),
    poll: (location: string) => poll!.run(call({ name: 'n', location })),
  };
}

describe('the one client of long-running operations', () => {
  it('a fresh Location is kept', async () => {
    const { poll } = against({ status: 202, headers: { location: '/api/op/2', 'retry-after': '3' } });
    expect(await poll('http://csp/api/op/1')).toEqual({
      kind: 'pending',
      location: 'http://csp/api/op/2',
      retryAfterMs: 3_000,
    });
  });

  it('reads the resource itself when the operation of a PUT has succeeded', async () => {
    const { asked, poll } = against({ status: 200, body: { status: 'Succeeded' } }, { status: 200, body: { id: 'x' } });
    expect(await poll('http://csp/api/op/1')).toEqual({ kind: 'done', result: { id: 'x' } });
    expect(asked).toEqual(['GET http://csp/api/op/1', 'GET http://csp/api/things/n']);
  });

  it.each([
    [{ status: 'InProgress' }, 'pending'],
    [{ properties: { provisioningState: 'Creating' } }, 'pending'],
    [{ id: 'x', properties: { provisioningState: 'Succeeded' } }, 'done'],
  ])('%j is %s', async (body, kind) => {
    const { poll } = against({ status: 200, headers: { 'retry-after': '7' }, body });
    expect(await poll('http://csp/api/op/1')).toMatchObject(
      kind === 'pending' ? { kind, retryAfterMs: 7_000 } : { kind },
    );
  });

  it.each(['Failed', 'Canceled'])('%s ends it as refused, with the code of the CSP', async (status) => {
    const { poll } = against({ status: 200, body: { status, error: { code: 'Quota', message: 'm' } } });
    expect(await poll('http://csp/api/op/1')).toMatchObject({ failure: { kind: 'refused', code: 'Quota' } });
  });

  it('asks no address of somebody else', async () => {
    const { asked, poll } = against();
    expect(await poll('http://elsewhere/op/1')).toMatchObject({ failure: { code: 'no_location' } });
    expect(asked).toEqual([]);
  });

  it('takes an answer at once for what it is', async () => {
    const { run } = against({ status: 200, body: { id: 'x' } });
    expect(await run()).toEqual({ kind: 'done', result: { id: 'x' } });
  });
});
