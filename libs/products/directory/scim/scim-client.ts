import { request } from 'undici';
import { Refusal } from '#kernel';
import { retryAfterMs } from '#runtime';
import { directoryRefused, directoryUnavailable } from '../refusals.js';

export interface ScimAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: string | null;
}

interface Sent {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Requests to a SCIM 2.0 service (RFC 7644); `base` is its root without a slash at its end, `token` its bearer token (RFC 6750). */
export class ScimClient {
  constructor(
    private readonly base: string,
    private readonly token?: string,
  ) {}

  /** Any answer. Throws what the network throws. */
  async send(method: Method, path: string, { json, headers, signal }: Sent): Promise<ScimAnswer> {
    const media = { accept: 'application/scim+json', 'content-type': 'application/scim+json' };
    const authorization = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    const body = json === undefined ? undefined : JSON.stringify(json);
    const about = { method, headers: { ...media, ...authorization, ...headers }, body, signal };
    const answer = await request(this.base + path, about);
    const text = await answer.body.text();
    const retryAfter = [answer.headers['retry-after'] ?? null].flat()[0] ?? null;
    return { status: answer.statusCode, body: parse(text), retryAfter };
  }

  /** The resource at a path; undefined when it is not there. */
  async read<T>(path: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    const answer = await this.send('GET', path, { signal });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refused(answer);
    return answer.body as T;
  }

  /**
   * The resource whose attribute has a value. A service may ignore the filter or compare case-insensitively; `same` has the last word.
   */
  async find<T>(
    path: string,
    by: Readonly<Record<string, string>>,
    same: (resource: T) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    const [[attribute, value] = []] = Object.entries(by);
    const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`);
    const answer = await this.send('GET', `${path}?filter=${filter}`, { signal });
    if (answer.status !== 200) throw refused(answer);
    return ((answer.body as { Resources?: T[] } | undefined)?.Resources ?? []).find(same);
  }
}

export const succeeded = ({ status }: ScimAnswer): boolean => status >= 200 && status < 300;

/** 408 and 429 are passing, so they count as unavailable; how long the directory asks to wait goes with it (Retry-After). */
export function refused({ status, body, retryAfter }: ScimAnswer): Refusal {
  const detail = (body as { detail?: unknown } | null | undefined)?.detail;
  const passing = status >= 500 || status === 408 || status === 429;
  const text = typeof detail === 'string' ? detail : `the directory answered ${status}`;
  if (!passing) return directoryRefused(status, text);
  const wait = retryAfterMs(retryAfter, Date.now());
  return directoryUnavailable(text, wait === undefined ? undefined : wait / 1_000);
}

/** What a create answered. Refusal `directory_answer_invalid` 502 when it tells no id. */
export function created<T extends { readonly id: string }>({ body }: ScimAnswer): T {
  if (typeof (body as T | null | undefined)?.id === 'string') return body as T;
  throw new Refusal('directory_answer_invalid', 502, 'the directory created an entry and told no id');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
