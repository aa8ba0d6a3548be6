import { isRefusal, type Clock, type Failure, type Outcome } from '#kernel';
import type { CallbackTokens } from './callback-token.js';
import type { Claim } from './claims.js';
import type { Effect, EffectCall } from './effects.js';
import type { Flow } from './instance.js';

/**
 * Runs one attempt between its intent and its `until` (law 7): checked just before sending, aborted at the end. Never throws: what is
 * thrown inside, or not back in time, is the outcome `unknown` (law 3).
 */
export function attempt(
  clock: Clock,
  claim: Claim,
  stream: string,
  flow: Flow,
  tokens: CallbackTokens,
): Promise<Outcome> {
  const left = claim.until - clock.now();
  if (left <= 0)
    return Promise.resolve(
      unknown('attempt_expired', 'the time of this attempt was over before it was sent', 'retryable'),
    );
  const call = new Call(stream, claim, flow, tokens);
  return new Promise((resolve) => {
    const end = (outcome: Outcome) => {
      cancel();
      resolve(outcome);
    };
    const cancel = clock.after(left, () => {
      call.abort();
      resolve(unknown('attempt_timed_out', `no answer within ${left} ms`));
    });
    perform(claim.effect, call).then(end, (error: unknown) => end(failureOf(error)));
  });
}

async function perform(effect: Effect, call: EffectCall): Promise<Outcome> {
  if (call.attempt > 1 && effect.probe) {
    const found = await effect.probe(call);
    if (found !== 'absent') return found;
  }
  return effect.run(call);
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

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.aborted) this.controller.abort();
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
  return { kind: 'failed', failure: { kind, code: error.code, message, status: error.status } };
}

const unknown = (code: string, message: string, kind: Failure['kind'] = 'unknown'): Outcome => ({
  kind: 'failed',
  failure: { kind, code, message },
});
