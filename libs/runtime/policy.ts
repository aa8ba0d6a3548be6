import type { Failure } from '#kernel';

/** When to try again: `initialMs * coefficient^(n-1)`, at most `capMs`, less up to `jitter` of it; at most `limit` attempts. */
export interface RetryPolicy {
  readonly initialMs: number;
  readonly coefficient: number;
  readonly capMs: number;
  /** Share of the interval that chance may take off, 0 to 1. */
  readonly jitter: number;
  /** Attempts in all, the first included. */
  readonly limit: number;
  /** Codes that are not tried again although their kind would be. */
  readonly nonRetryable?: readonly string[];
}

export const DEFAULT_RETRY: RetryPolicy = { initialMs: 1_000, coefficient: 2, capMs: 60_000, jitter: 0.2, limit: 5 };

/** How the end of a request is told, and what to do when an outcome is unknown (law 3). */
export interface RequestPolicy {
  readonly retry: RetryPolicy;
  readonly completion:
    | { readonly kind: 'at_once' }
    | { readonly kind: 'poll'; readonly everyMs: number; readonly deadlineMs: number }
    | {
        readonly kind: 'callback';
        readonly deadlineMs: number;
        /** How often the location is asked meanwhile, if the other side named one. */
        readonly pollMs?: number;
      };
  /** `repeat`: the other side is idempotent by key, or the effect probes before it repeats; `operator`: stop and ask. */
  readonly unknown: 'repeat' | 'operator';
  /** What happens when the deadline passes without an answer; without it the request fails. */
  readonly overdue?: OverduePolicy;
}

/**
 * `probe`: ask first how it stands (the spec's pollEffect). Then `retry` with the same key, `fail`, `alert` (wait for a person, or for
 * the answer after all) or `extend` (wait as long again: where the other side is sure to end by itself, as a child is).
 */
export interface OverduePolicy {
  readonly probe: boolean;
  readonly then: 'retry' | 'fail' | 'alert' | 'extend';
}

/** Milliseconds until the next attempt after the `failures`-th failure in a row, or undefined when there is none. */
export function backOff(policy: RetryPolicy, failure: Failure, failures: number, jitter: number): number | undefined {
  if (failure.kind === 'refused' || failure.kind === 'invalid_result') return undefined;
  if (failures >= policy.limit || policy.nonRetryable?.includes(failure.code)) return undefined;
  const interval = Math.min(policy.initialMs * policy.coefficient ** (failures - 1), policy.capMs);
  return Math.max(Math.round(interval * (1 - policy.jitter * jitter)), failure.retryAfterMs ?? 0);
}
