import type { Outcome } from '#kernel';

/** One attempt of one request. */
export interface EffectCall {
  readonly stream: string;
  /** `<step key>/<generation>`. */
  readonly key: string;
  /** `<stream>/<key>`: the same for all attempts (law 2); send it as Idempotency-Key. */
  readonly idempotencyKey: string;
  readonly attempt: number;
  /** Frozen by the first intent; build byte-identical bodies from it. */
  readonly input: unknown;
  /** Where the other side may call back: bound to the key, the same for all attempts. */
  readonly callbackUrl: string;
  /** Deadline told to the other side (ms since the epoch), the same for all attempts. */
  readonly deadline?: number;
  /** Aborted at the attempt's `until`. */
  readonly signal: AbortSignal;
  readonly actor: string;
  readonly tenant: string;
  readonly correlationId: string;
  readonly traceparent?: string;
}

/** The only code that touches the world outside. A thrown error becomes `unknown` (law 3). */
export interface Effect {
  readonly name: string;
  /** Attempts under way at once in this process; default 64. */
  readonly concurrency?: number;
  /** How long one attempt may take, ms; default 10 000, at most 60 000 (law 7). */
  readonly attemptMs?: number;
  run(call: EffectCall): Promise<Outcome>;
  /** Asks whether an earlier attempt took effect; called before every attempt but the first. `absent`: it did not. */
  probe?(call: EffectCall): Promise<Outcome | 'absent'>;
}
