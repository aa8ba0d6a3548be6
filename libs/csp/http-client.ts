import { Agent, fetch as undiciFetch } from 'undici';
import type { Outcome } from '#kernel';
import { canonical } from '#portfolio';
import { classify } from './classify-answer.js';
import { cutOff } from './transport-failure.js';

const FORM = 'application/x-www-form-urlencoded';
export const MAX_RESPONSE_BYTES = 1024 * 1024;

/** The part of `fetch` the client needs; tests and simulations give their own. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface CspRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; its keys are put in order, so the same value is the same bytes (law 2). */
  readonly body?: unknown;
  /** Sent as a form instead of JSON. */
  readonly form?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** What the answer means, where that is not what it means of a request. */
  readonly classify?: typeof classify;
}

export interface HttpClient {
  /** Never throws: whatever happens is an outcome. `done` holds the JSON of the answer. */
  send(request: CspRequest): Promise<Outcome>;
}

/** Connections of our own: idle ones are dropped early, because a write to a closed one is an unknown outcome. */
const agent = new Agent({ keepAliveTimeout: 2_000, keepAliveMaxTimeout: 10_000, connections: 64 });
const systemFetch: Fetch = (url, init) => undiciFetch(url, { ...init, dispatcher: agent });

/** `now` gives ms since the epoch, for a Retry-After that names a date. */
export function httpClient(options: { readonly fetch?: Fetch; readonly now?: () => number } = {}): HttpClient {
  const { fetch = systemFetch, now = Date.now } = options;
  return {
    async send(request) {
      try {
        const response = await fetch(request.url, init(request));
        const text = await readText(response);
        return (request.classify ?? classify)(
          { status: response.status, headers: response.headers, text },
          request.url,
          now(),
        );
      } catch (error) {
        return { kind: 'failed', failure: cutOff(error) };
      }
    },
  };
}

function init({ method, headers, body, form, signal }: CspRequest): FetchInit {
  const text = form ? new URLSearchParams(form).toString() : body === undefined ? undefined : canonical(body);
  return {
    method,
    headers: {
      accept: 'application/json',
      ...(text !== undefined && { 'content-type': form ? FORM : 'application/json' }),
      ...headers,
    },
    body: text,
    redirect: 'manual',
    signal,
  };
}

/** The body as text, or undefined when it is over the limit; the rest is then not read. */
async function readText(response: FetchResponse): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_RESPONSE_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
