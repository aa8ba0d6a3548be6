import type { Outcome } from '#kernel';
import { errorOf, fault, parseJson, retryAfterMs } from '#runtime';

export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Undefined when it was over the limit. */
  readonly text: string | undefined;
}

/**
 * What a provisioner's answer means: 200 and 201 done, 202 accepted (with a Location it is polled), 408, 429 and 5xx may be sent
 * again, other 4xx are a refusal, anything else leaves the outcome unknown. `url` is what a relative location is resolved against.
 */
export function provisionerOutcome(answer: Answer, url: string, now: number): Outcome {
  const { status, headers, text } = answer;
  const wait = retryAfterMs(headers.get('retry-after'), now);
  const after = wait !== undefined && { retryAfterMs: wait };
  if (status === 200 || status === 201) return finished(text, status);
  if (status === 202) {
    const location = headers.get('location');
    const named = location !== null && URL.canParse(location, url) ? new URL(location, url).href : undefined;
    return { kind: 'accepted', ...(named !== undefined && { location: named }), ...after };
  }
  const { code, message } = errorOf(status, text);
  if (status === 408 || status === 429 || status >= 500) return fault('retryable', code, message, { status, ...after });
  if (status >= 400) return fault('refused', code, message, { status });
  return fault('unknown', 'unexpected_status', `the provisioner answered ${status}`, { status });
}

/** An empty body is the result of a removal. */
function finished(text: string | undefined, status: number): Outcome {
  if (text === undefined) return fault('invalid_result', 'answer_too_large', 'the answer is over 1 MiB', { status });
  if (text.trim() === '') return { kind: 'done', result: {} };
  const result = parseJson(text);
  return result === undefined
    ? fault('invalid_result', 'not_json', 'the answer is not JSON', { status })
    : { kind: 'done', result };
}
