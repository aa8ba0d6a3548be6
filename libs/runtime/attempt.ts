import { isRefusal, type Clock, type Failure, type Outcome } from '#kernel';
import type { CallbackTokens } from './callback-token.js';
import type { Claim } from './claims.js';
import type { Effect, EffectCall } from './effects.js';
import type { Flow } from './instance.js';
import { withinReason } from './outcome.js';

/**
 * Runs one attempt between its intent and its `until` (law 7): checked just before sending, aborted at the end. Calls `ended` once: what
 * is thrown inside, or not back in time, is the outcome `unknown` (law 3).
 */
export function attempt(
  clock: Clock,
  claim: Claim,
  stream: string,
  flow: Flow,
  tokens: CallbackTokens,
  ended: (outcome: Outcome) => void,
): void {
  const left = claim.until - clock.now();
  const call = new Call(stream, claim, flow, tokens, clock);
  let open = true;
  const end = (outcome: Outcome) => {
    if (!open) return;
    open = false;
    cancel();
    ended(withinReason(outcome));
  };
  const cancel = clock.after(Math.max(left, 0), () => {
    call.abort();
    end(unknown('attempt_timed_out', `no answer within ${left} ms`));
  });
  const answer = left > 0 ? perform(claim.effect, call) : Promise.resolve(EXPIRED);
  answer.then(end, (error: unknown) => end(failureOf(error)));
}

function perform(effect: Effect, call: Call): Promise<Outcome> {
  try {
    return call.attempt > 1 && effect.probe ? probeFirst(effect.probe(call), effect, call) : effect.run(call);
  } catch (error) {
    return Promise.resolve(failureOf(error));
  }
}

/** A process may have been frozen while it probed: then the attempt is another's by now. */
async function probeFirst(probe: Promise<Outcome | 'absent'>, effect: Effect, call: Call): Promise<Outcome> {
  const found = await probe;
  if (found !== 'absent') return found;
  return call.isOver ? EXPIRED : effect.run(call);
}

/** What most effects never ask for (signal, address, key) is made when they do. */
class Call implements EffectCall {
  private controller: AbortController | undefined;
  private aborted = false;
  readonly key: string;
  readonly attempt: number;
  readonly input: unknown;
  readonly deadline: number | undefined;

  constructor(
    readonly stream: string,
    private readonly claim: Claim,
    private readonly flow: Flow,
    private readonly tokens: CallbackTokens,
    private readonly clock: Clock,
  ) {
    this.key = claim.run.key;
    this.attempt = claim.run.attempt;
    this.input = claim.run.input;
    this.deadline = claim.deadline;
  }

  get idempotencyKey(): string {
    return `${this.stream}/${this.key}`;
  }

  get callbackUrl(): string {
    return this.tokens.url(this.stream, this.key, this.claim.tokenKey);
  }

  get isOver(): boolean {
    return this.aborted || this.clock.now() >= this.claim.until;
  }

  /** Aborted too where the time is over and the timer that says so has not run yet: effects take it just before they send. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.isOver) this.controller.abort();
    return this.controller.signal;
  }

  get actor(): string {
    return this.flow.actor;
  }

  get tenant(): string {
    return this.flow.tenant;
  }

  get correlationId(): string {
    return this.flow.correlationId;
  }

  get traceparent(): string | undefined {
    return this.flow.traceparent;
  }

  abort(): void {
    this.aborted = true;
    this.controller?.abort();
  }
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

const EXPIRED = unknown('attempt_expired', 'the time of this attempt was over before it was sent', 'retryable');
