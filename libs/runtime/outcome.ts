import { createHash } from 'node:crypto';
import { never, type Driving, type Outcome, type Run } from '#kernel';
import { LONGEST_WAIT_MS } from './http/retry-after.js';

/** How much of what was too large is kept, in characters (law 4). */
const KEPT = 4_096;
const KEPT_CODE = 200;

/** An effect's outcome with a wait that can be kept: whole ms, 0 to a day; a number that is none is as if nothing had been asked for. */
export function withinReason(outcome: Outcome): Outcome {
  switch (outcome.kind) {
    case 'done':
      return outcome;
    case 'failed':
      return { ...outcome, failure: reasonable(outcome.failure) };
    default:
      return reasonable(outcome);
  }
}

function reasonable<T extends { readonly retryAfterMs?: number }>(told: T): T {
  if (told.retryAfterMs === undefined) return told;
  const { retryAfterMs, ...rest } = told;
  if (Number.isNaN(retryAfterMs)) return rest as T;
  return { ...told, retryAfterMs: Math.round(Math.min(Math.max(retryAfterMs, 0), LONGEST_WAIT_MS)) };
}

/** Law 4: an outcome that does not fit an append is recorded as a failure with its hash and first 4 KiB, whoever brought it. */
export function fitting(command: { readonly type: string }): { readonly type: string } {
  if (command.type !== 'Outcome') return command;
  const told = command as Driving & { readonly type: 'Outcome' };
  const short: Driving = { ...told, outcome: cutOutcome(told.outcome) };
  return short;
}

/** What is kept of an outcome that is larger than may be recorded: a result is the failure `result_too_large` then. */
export function cutOutcome(outcome: Outcome): Outcome {
  if (outcome.kind === 'failed') {
    const { fields: _, code, message, traceback, ...failure } = outcome.failure;
    const short = { code: code.slice(0, KEPT_CODE), message: message.slice(0, KEPT) };
    const end = traceback === undefined ? {} : { traceback: traceback.slice(-KEPT) };
    return { kind: 'failed', failure: { ...failure, ...short, ...end } };
  }
  const text = JSON.stringify(outcome.kind === 'done' ? outcome.result : outcome) ?? '';
  const hash = createHash('sha256').update(text).digest('hex');
  const message = `a result of ${text.length} characters, sha256 ${hash}: ${text.slice(0, KEPT)}`;
  return { kind: 'failed', failure: { kind: 'invalid_result', code: 'result_too_large', message } };
}

/** Nobody is asked more often than this, ms, unless the plan says so: a Retry-After of 0 is no wish to be asked without a pause. */
const CLOSEST_READS_MS = 1_000;

/** When a read that brought nothing new is repeated: as the other side asked, else at the plan's pace. */
export function readAgainMs(run: Run, outcome: Outcome): number {
  const pace = run.everyMs ?? 5_000;
  switch (outcome.kind) {
    case 'accepted':
    case 'pending':
      return Math.max(outcome.retryAfterMs ?? pace, Math.min(pace, CLOSEST_READS_MS));
    case 'failed':
      return Math.max(outcome.failure.retryAfterMs ?? 0, pace);
    case 'done':
      return pace;
    default:
      return never(outcome);
  }
}
