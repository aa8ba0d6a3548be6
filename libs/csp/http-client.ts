import { canonical, type Outcome } from '#kernel';
import { cutOff, readText, systemFetch, type Fetch, type FetchInit, type FetchResponse } from '#runtime';
import { classify } from './classify-answer.js';

export type { Fetch, FetchResponse };

const FORM = 'application/x-www-form-urlencoded';

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
