import { AssertionError } from 'node:assert';
import { isRefusal, type Failure, type Outcome } from '#kernel';
import { NothingSent } from '../domain/steps/begin-child.js';

/** Thrown by a step that finds data that contradict each other: not tried again, and a task shows `inconsistent_data`. */
export class InconsistentData extends Error {}

/** Characters: what a failure tells ends up in an event. */
const LONGEST_MESSAGE = 10_000;
const LONGEST_TRACEBACK = 10_000;

/** What a handler throws becomes a failure that says where: its end is what people need. Refusals are told by the runner. */
export function told(error: unknown): Outcome {
  if (isRefusal(error) || !(error instanceof Error)) throw error;
  if (error instanceof NothingSent) {
    const cause = error.cause instanceof Error ? error.cause : error;
    return { kind: 'failed', failure: { ...failureOf(cause), kind: 'refused' } };
  }
  return { kind: 'failed', failure: failureOf(error) };
}

function failureOf(error: Error): Failure {
  const inconsistent = error instanceof AssertionError || error instanceof InconsistentData;
  return {
    kind: inconsistent ? 'refused' : 'unknown',
    code: inconsistent ? 'inconsistent_data' : 'effect_threw',
    message: error.message.slice(0, LONGEST_MESSAGE),
    ...(error.stack !== undefined && { traceback: error.stack.slice(-LONGEST_TRACEBACK) }),
  };
}
