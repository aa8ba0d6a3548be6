import { Refusal, type Outcome } from '#kernel';
import { requestKey, type Request } from '#runtime';
import { canonical } from '#portfolio';

/** Requests by step, as portfolios (`stages`) and processes (`requests`) hold them. */
interface Holder {
  readonly stages?: Readonly<Record<string, Request | { readonly status: 'skipped' }>>;
  readonly requests?: Readonly<Record<string, Request>>;
  readonly phase?: string;
  readonly status?: string;
}

const ENDED = new Set(['ABANDONED', 'aborted']);

/**
 * The attempt a callback belongs to; undefined for an exact duplicate of what was recorded. Refusals: `callback_unknown` 404 for a
 * key that never was, `callback_late` 410 when the request has ended otherwise or its deadline has passed. `now` is ms since the epoch.
 */
export function expectCallback(state: unknown, key: string, outcome: Outcome, now: number): number | undefined {
  const holder = state as Holder;
  const step = key.slice(0, key.lastIndexOf('/'));
  const request = (holder.stages ?? holder.requests)?.[step];
  if (request === undefined) throw new Refusal('callback_unknown', 404, 'nobody waits here');
  if (request.status === 'skipped' || requestKey(step, request.generation) !== key) throw late();
  if (request.status === 'done' && outcome.kind === 'done') return duplicate(request.result, outcome.result);
  const ended = request.status === 'done' || request.status === 'failed';
  const overdue = request.deadline !== undefined && now > request.deadline;
  if (ended || overdue || ENDED.has(holder.phase ?? holder.status ?? '')) throw late();
  return request.attempt;
}

function duplicate(recorded: unknown, given: unknown): undefined {
  if (canonical(recorded) !== canonical(given)) throw late();
  return undefined;
}

const late = () => new Refusal('callback_late', 410, 'the request behind this address has ended');
