import { isRefusal, type Clock, type Failure, type Outcome, type Run } from '#kernel';
import type { Effect, EffectCall } from './effects.js';

interface Surroundings {
  readonly stream: string;
  readonly callbackUrl: () => string;
  readonly deadline: number | undefined;
  readonly correlationId: string;
  readonly actor: string;
  readonly tenant: string;
  readonly traceparent?: string;
}

/**
 * Runs one attempt between its intent and its `until` (law 7): checked just before sending, aborted at the end. Never throws: what is
 * thrown inside, or not back in time, is the outcome `unknown` (law 3).
 */
export async function attempt(
  clock: Clock,
  effect: Effect,
  run: Run,
  until: number,
  around: Surroundings,
): Promise<Outcome> {
  const left = until - clock.now();
  if (left <= 0) return unknown('attempt_expired', 'the time of this attempt was over before it was sent', 'retryable');
  const abort = new AbortController();
  let cancel: (() => void) | undefined;
  const timeUp = new Promise<Outcome>((resolve) => {
    cancel = clock.after(left, () => {
      abort.abort();
      resolve(unknown('attempt_timed_out', `no answer within ${left} ms`));
    });
  });
  try {
    return await Promise.race([perform(effect, callOf(run, around, abort.signal)), timeUp]);
  } catch (error) {
    return failureOf(error);
  } finally {
    cancel?.();
  }
}

async function perform(effect: Effect, call: EffectCall): Promise<Outcome> {
  if (call.attempt > 1 && effect.probe) {
    const found = await effect.probe(call);
    if (found !== 'absent') return found;
  }
  return effect.run(call);
}

function callOf(run: Run, around: Surroundings, signal: AbortSignal): EffectCall {
  return {
    stream: around.stream,
    key: run.key,
    idempotencyKey: `${around.stream}/${run.key}`,
    attempt: run.attempt,
    input: run.input,
    get callbackUrl() {
      return around.callbackUrl();
    },
    deadline: around.deadline,
    signal,
    actor: around.actor,
    tenant: around.tenant,
    correlationId: around.correlationId,
    traceparent: around.traceparent,
  };
}

function failureOf(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  if (!isRefusal(error)) return unknown('effect_threw', message);
  const kind: Failure['kind'] = error.status >= 500 ? 'retryable' : 'refused';
  const { retryAfter } = error.extra;
  const wait = typeof retryAfter === 'number' ? { retryAfterMs: retryAfter * 1_000 } : {};
  return { kind: 'failed', failure: { kind, code: error.code, message, status: error.status, ...wait } };
}

const unknown = (code: string, message: string, kind: Failure['kind'] = 'unknown'): Outcome => ({
  kind: 'failed',
  failure: { kind, code, message },
});
