import { expect } from '@jest/globals';
import { facts } from './portfolios.js';
import type { Answer, World } from './world.js';

/** What is there to ask about. */
interface Known {
  readonly world: World;
  readonly id: string;
  readonly product: string;
}

export type Asking = ReturnType<typeof asking>;

export const JSON_TYPE = { 'content-type': 'application/json' };
export const START = '/api/processes/create_user_group';
export const NOBODY = '00000000-0000-4000-8000-000000000000';
export const PORTFOLIO = { name: 'n', csp: 'azure', plan_version: 1, facts: facts() };

export interface Request {
  readonly method?: string;
  readonly path: string;
  readonly text?: string | Uint8Array;
  readonly json?: unknown;
  readonly headers?: Record<string, string>;
}

export const post = (path: string, json?: unknown): Request => ({
  method: 'POST',
  path,
  ...(json !== undefined && { json }),
});

/** Asks the world that `given` answers, from when it is there. */
export function asking(given: () => Known) {
  /** One request with the body to the letter. `:id` and `:product` are those of this world. */
  async function send({ method = 'GET', path, text, json, headers }: Request): Promise<Answer> {
    const { world, id, product } = given();
    const filled = (value: string) => value.replaceAll(':id', id).replaceAll(':product', product);
    const body = json === undefined ? text : filled(JSON.stringify(json));
    const answer = await fetch(world.url + filled(path), {
      method,
      headers: headers ?? (body === undefined ? {} : JSON_TYPE),
      ...(body !== undefined && { body: body as string }),
    });
    const said = await answer.text();
    return { status: answer.status, headers: answer.headers, text: said, body: JSON.parse(said || 'null') };
  }

  /** Every refusal: problem details with this code, the pointers it names, no stack and no 5xx. */
  async function expectRefused(request: Request, status: number, code: string, pointers?: readonly string[]) {
    const answer = await send(request);
    expect({ status: answer.status, code: answer.body?.code, text: answer.text }).toEqual({
      status,
      code,
      text: answer.text,
    });
    expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, type: `urn:purveyor:error:${code}` });
    expect(answer.text).not.toMatch(/\bat .*\.js:|node_modules|SQLITE/);
    if (pointers !== undefined)
      expect((answer.body.errors ?? []).map((each: { pointer: string }) => each.pointer)).toEqual(
        expect.arrayContaining([...pointers]),
      );
  }

  return { send, expectRefused };
}
