import { request } from 'undici';
import { retryAfterMs } from '#runtime';

export interface JsonAnswer {
  readonly status: number;
  /** Undefined when it is no JSON. */
  readonly body: unknown;
  readonly retryAfter: string | null;
}
export interface Sent {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Requests to a JSON service; `base` is its root without a slash at its end, `token` its bearer token (RFC 6750). */
export class JsonClient {
  constructor(
    private readonly base: string,
    private readonly token?: string,
    private readonly media = 'application/json',
  ) {}

  /** Any answer. Throws what the network throws. */
  async send(method: Method, path: string, { json, headers, signal }: Sent): Promise<JsonAnswer> {
    const media = { accept: this.media, ...(json !== undefined && { 'content-type': this.media }) };
    const authorization = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    const body = json === undefined ? undefined : JSON.stringify(json);
    const about = { method, headers: { ...media, ...authorization, ...headers }, body, signal };
    const answer = await request(this.base + path, about);
    const text = await answer.body.text();
    const retryAfter = [answer.headers['retry-after'] ?? null].flat()[0] ?? null;
    return { status: answer.statusCode, body: parse(text), retryAfter };
  }
}

export const succeeded = ({ status }: JsonAnswer): boolean => status >= 200 && status < 300;

/** 408 and 429 pass, like faults of the other side. */
export const isPassing = ({ status }: JsonAnswer): boolean => status >= 500 || status === 408 || status === 429;

/** How long the other side asks to wait, in seconds (Retry-After). */
export function waitOf({ retryAfter }: JsonAnswer): number | undefined {
  const wait = retryAfterMs(retryAfter, Date.now());
  return wait === undefined ? undefined : wait / 1_000;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
