import { sameJson, type Failure, type Outcome } from '#kernel';
import { requestKey, type Request } from './request.state.js';

/**
 * What a callback is that decides nothing: `unknown` (the key never was), `duplicate` (says what is recorded), `progress` (of what still
 * waits), `conflict` (another answer than the one that finished the request) or `late` (the request ended without an answer, was
 * superseded, or nobody waits any more).
 */
export type CallbackVerdict = 'unknown' | 'duplicate' | 'progress' | 'conflict' | 'late';

/** The step of a request key: all but the generation at its end. */
export const stepOf = (key: string): string => key.slice(0, key.lastIndexOf('/'));

/** Judges a callback against its step's request. `givenUp`: the instance waits for nothing any more. Pure. */
export function callbackVerdict(
  request: Request | undefined,
  key: string,
  outcome: Outcome,
  givenUp = false,
): CallbackVerdict {
  if (request === undefined) return 'unknown';
  if (requestKey(stepOf(key), request.generation) !== key)
    return Number(key.slice(key.lastIndexOf('/') + 1)) > request.generation ? 'unknown' : 'late';
  if (says(request, outcome)) return 'duplicate';
  if (request.status === 'done' || request.status === 'failed') return ofEnded(request, outcome);
  return givenUp ? 'late' : 'progress';
}

/** Only an answer of the other side can be contradicted: a deadline or an operator's decision cannot. */
function ofEnded(request: Request & { status: 'done' | 'failed' }, outcome: Outcome): CallbackVerdict {
  if (outcome.kind === 'pending') return 'late';
  return request.status === 'done' || wasAnswered(request.failure) ? 'conflict' : 'late';
}

const wasAnswered = ({ kind }: Failure): boolean => kind === 'refused' || kind === 'invalid_result';

function says(request: Request, outcome: Outcome): boolean {
  if (request.status === 'done' && outcome.kind === 'done') return sameJson(request.result, outcome.result);
  if ((request.status === 'failed' || request.status === 'retrying') && outcome.kind === 'failed')
    return sameJson(request.failure, outcome.failure);
  return false;
}
