import { Refusal, type Outcome } from '#kernel';
import { requestKey, type Request } from '#runtime';
import { canonical } from '#portfolio';
import type { Waiting } from './waiting-requests.js';

/** The step of a request key: all but the generation at its end. */
export const stepOf = (key: string): string => key.slice(0, key.lastIndexOf('/'));

/**
 * Says what it means that a callback changed nothing, from the state in which that was decided. Returns for what says the same again
 * as is recorded, and for progress of a request that still waits. Refusals: `callback_unknown` 404 for a key that never was,
 * `callback_late` 410 when the request failed, was superseded, skipped or given up, or ended with another result.
 */
export function acceptSilence(waiting: Waiting, state: unknown, key: string, outcome: Outcome): void {
  const step = stepOf(key);
  const request = waiting.request(state, step);
  if (request === undefined) throw unknown();
  if (request.status === 'skipped') throw late();
  if (requestKey(step, request.generation) !== key) throw generationOf(key) > request.generation ? unknown() : late();
  if (!isSame(request, ownOutcome(waiting, state, step, outcome)) && (hasEnded(request) || waiting.givenUp(state)))
    throw late();
}

const generationOf = (key: string): number => Number(key.slice(key.lastIndexOf('/') + 1));
const hasEnded = ({ status }: Request): boolean => status === 'done' || status === 'failed';

function ownOutcome(waiting: Waiting, state: unknown, step: string, outcome: Outcome): Outcome {
  if (outcome.kind !== 'done') return outcome;
  return { kind: 'done', result: waiting.ownNames(state, step, outcome.result) };
}

function isSame(request: Request, outcome: Outcome): boolean {
  if (request.status === 'done' && outcome.kind === 'done')
    return canonical(request.result) === canonical(outcome.result);
  if (request.status === 'failed' && outcome.kind === 'failed')
    return canonical(request.failure) === canonical(outcome.failure);
  return false;
}

const late = () => new Refusal('callback_late', 410, 'the request behind this address has ended');
export const unknown = () => new Refusal('callback_unknown', 404, 'nobody waits here');
