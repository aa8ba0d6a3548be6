import type { Failure } from '#kernel';

/** Nothing was sent: the name was not found or nobody listened. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** An exchange without an answer: retryable when nothing can have left, else unknown (law 3). */
export function cutOff(error: unknown): Failure {
  const code = codeOf(error);
  return BEFORE_SENDING.has(code)
    ? { kind: 'retryable', code: 'not_reachable', message: `the other side cannot be reached (${code})` }
    : { kind: 'unknown', code: 'no_answer', message: `the exchange ended without an answer (${code})` };
}

/** fetch wraps the cause; several addresses of one host give an AggregateError, which has the code of the first. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  const { cause, code, name } = error as { cause?: unknown; code?: unknown; name?: unknown };
  if (cause !== undefined && cause !== null) return codeOf(cause);
  return typeof code === 'string' ? code : String(name);
}
