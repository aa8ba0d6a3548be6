import { Refusal, type Outcome } from '#kernel';
import { callbackVerdict, stepOf, type CallbackVerdict, type Dispatched } from '#runtime';
import type { Waiting } from './waiting-requests.js';

/** What it means that a callback changed nothing, from the state in which that was decided. */
export function judge(waiting: Waiting, state: unknown, key: string, outcome: Outcome): CallbackVerdict {
  const step = stepOf(key);
  const request = waiting.request(state, step);
  if (request?.status === 'skipped') return 'late';
  return callbackVerdict(request, key, ownOutcome(waiting, state, step, outcome), waiting.givenUp(state));
}

/**
 * Whether a success was recorded, now or the first time, that came too late to count: a repeat is answered like the first time, for as long as
 * the state shows it.
 */
export const cameLate = (
  waiting: Waiting,
  { events, repeated, state }: Decided,
  key: string,
  outcome: Outcome,
): boolean =>
  outcome.kind === 'done' && (repeated || events.length > 0) && waiting.cameLate?.(state, stepOf(key)) === true;

type Decided = Pick<Dispatched, 'events' | 'repeated' | 'state'>;

function ownOutcome(waiting: Waiting, state: unknown, step: string, outcome: Outcome): Outcome {
  if (outcome.kind !== 'done') return outcome;
  return { kind: 'done', result: waiting.ownNames(state, step, outcome.result) };
}

/** Returns for what is as good as accepted. Refusals `callback_unknown` 404, `callback_conflict` 409, `callback_late` 410. */
export function refuse(verdict: CallbackVerdict | 'accepted'): void {
  switch (verdict) {
    case 'unknown':
      throw unknown();
    case 'conflict':
      throw new Refusal('callback_conflict', 409, 'the request behind this address has ended with another answer');
    case 'late':
      throw new Refusal('callback_late', 410, 'the request behind this address has ended');
    case 'accepted':
    case 'duplicate':
    case 'progress':
  }
}

export const unknown = () => new Refusal('callback_unknown', 404, 'nobody waits here');
