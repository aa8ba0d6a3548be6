import { EXIT, Failed } from '../exit-codes.js';
import { failureOf } from './problem.js';

/** A success of the server: the body as it was parsed, undefined where there was none. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Asked {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers too, although they are no success. */
  readonly alsoFine?: readonly number[];
  /** How long to wait, s, in place of the client's own. */
  readonly seconds?: number;
}

/** HTTP to one server. Failures are `Failed`, with the exit code and what the problem details say. */
export class Client {
  constructor(
    private readonly base: string,
    private readonly token: string | undefined,
    private readonly seconds: number | undefined,
    private readonly minPosition: string | undefined,
  ) {}

  get(path: string, asked: Asked = {}): Promise<Answer> {
    const query = { ...(this.minPosition !== undefined && { min_position: this.minPosition }), ...asked.query };
    return this.send('GET', path, { ...asked, query });
  }

  async send(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    const { status, headers, text } = await this.exchange(method, path, asked);
    const fine = (status >= 200 && status < 300) || asked.alsoFine?.includes(status) === true;
    if (!fine) throw failureOf(status, text);
    return { status, headers, body: text === '' ? undefined : parsed(text, this.base) };
  }

  /** An answer that goes on until the server ends it. Breaks it off before, that is a `Failed` (unreachable) too. */
  async open(
    path: string,
    { query, headers }: Asked,
    accept = 'text/event-stream',
  ): Promise<AsyncIterable<Uint8Array>> {
    const answer = await fetch(address(this.base, path, query), {
      headers: { ...this.headers({ headers }), accept },
      redirect: 'error',
    }).catch((error: Error) => {
      throw unreachable(this.base, error, 0);
    });
    if (!answer.ok || answer.body === null) throw failureOf(answer.status, await answer.text());
    return whole(this.base, answer.body);
  }

  private async exchange(method: string, path: string, asked: Asked) {
    const seconds = this.seconds ?? asked.seconds ?? 30;
    try {
      const answer = await fetch(address(this.base, path, asked.query), {
        method,
        headers: this.headers(asked),
        ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
        // A redirect would carry the token elsewhere.
        redirect: 'error',
        signal: AbortSignal.timeout(seconds * 1_000),
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    } catch (error) {
      throw unreachable(this.base, error as Error, seconds);
    }
  }

  private headers({ body, headers }: Asked): Record<string, string> {
    return {
      ...headers,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
    };
  }
}

function address(base: string, path: string, query: Asked['query']): URL {
  const url = new URL(base + path);
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

function unreachable(base: string, error: Error, seconds: number): Failed {
  if (error.name === 'TimeoutError')
    return new Failed(EXIT.unreachable, `${base} did not answer within ${seconds} s (--timeout)`);
  const cause = error.cause as (Error & { code?: string }) | undefined;
  const why = cause?.code ?? cause?.message ?? error.message;
  return new Failed(EXIT.unreachable, `${base} cannot be reached: ${why} (--url or PURVEYOR_URL)`);
}

async function* whole(base: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* body;
  } catch (error) {
    const { cause, message } = error as Error;
    const why = (cause as Error | undefined)?.message ?? message;
    throw new Failed(EXIT.unreachable, `the answer of ${base} was broken off: ${why}`);
  }
}

function parsed(text: string, base: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failed(EXIT.fault, `what answers at ${base} is not Purveyor: its answer is no JSON`);
  }
}
