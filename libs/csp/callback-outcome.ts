import type { Outcome } from '#kernel';
import { fault } from './classify-answer.js';

interface CallbackBody {
  readonly status?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly retryable?: unknown };
}

/**
 * What a callback's body means: `{status: 'done', result}`, `{status: 'failed', error: {code, message, retryable?}}` or
 * `{status: 'progress'}`. The result still has the other side's names; the stage's `wire.result` translates it in the decider.
 * Undefined when the body is none of these (the intake answers 400).
 */
export function callbackOutcome(body: unknown): Outcome | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { status, result, error } = body as CallbackBody;
  switch (status) {
    case 'done':
      return { kind: 'done', result: result ?? {} };
    case 'progress':
      return { kind: 'pending' };
    case 'failed':
      return fault(
        error?.retryable === true ? 'retryable' : 'refused',
        typeof error?.code === 'string' ? error.code.slice(0, 200) : 'failed',
        typeof error?.message === 'string' ? error.message.slice(0, 1_000) : 'the other side reports a failure',
      );
    default:
      return undefined;
  }
}
