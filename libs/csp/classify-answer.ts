import type { Outcome } from '#kernel';
import { errorOf, fault, parseJson, retryAfterMs, sameOrigin } from '#runtime';

export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Undefined when it was over the limit. */
  readonly text: string | undefined;
}

/** What an HTTP answer means for the request. `url` is what a relative location is resolved against. */
export function classify(answer: Answer, url: string, now: number): Outcome {
  const { status } = answer;
  const wait = retryAfterMs(answer.headers.get('retry-after'), now);
  if (status === 200 || status === 201) return finished(answer);
  if (status === 204) return { kind: 'done', result: {} };
  if (status === 202) return accepted(answer, url, wait);
  if (status >= 200 && status < 300)
    return fault('invalid_result', 'unexpected_status', `status ${status}`, { status });
  if (status < 400) return fault('refused', 'redirect_refused', 'redirects are not followed', { status });
  const transient = status === 408 || status === 429 || status >= 500;
  const { code, message } = errorOf(status, answer.text);
  return fault(transient ? 'retryable' : 'refused', code, message, {
    status,
    ...(transient && wait !== undefined && { retryAfterMs: wait }),
  });
}

/** Without a body there is nothing to tell, as after a removal: whether a stage can do with that its result's schema says. */
function finished({ status, text }: Answer): Outcome {
  if (text === undefined) return fault('invalid_result', 'answer_too_large', 'the answer is over 1 MiB', { status });
  if (text.trim() === '') return { kind: 'done', result: {} };
  const result = parseJson(text);
  return result === undefined
    ? fault('invalid_result', 'not_json', 'the answer is not JSON', { status })
    : { kind: 'done', result };
}

/** Azure-AsyncOperation goes before Location. One of another origin is not followed: it would be given our credentials. */
function accepted({ headers, status }: Answer, url: string, wait: number | undefined): Outcome {
  const named = headers.get('azure-asyncoperation') ?? headers.get('location');
  const location = named === null ? undefined : sameOrigin(named, url);
  if (named !== null && location === undefined)
    return fault('invalid_result', 'foreign_location', 'the CSP names a location of another origin', { status });
  return {
    kind: 'accepted',
    ...(location !== undefined && { location }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}
