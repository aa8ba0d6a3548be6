/** Values that cross the sandbox's HTTP surface: scripts, settings and ledger entries. */

export interface ScriptMatch {
  readonly method?: string;
  /** Prefix of the request path. */
  readonly path?: string;
  readonly bodyContains?: string;
  /** What the ledger calls the request. */
  readonly kind?: string;
  /** Part of the Idempotency-Key, or of X-Request-Id where a request needs no key. */
  readonly keyContains?: string;
  /** Exact Idempotency-Key. */
  readonly key?: string;
}

export type CallbackMode = 'twice' | 'late' | 'early' | 'never' | 'failed';

export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean;
}

/** What happens to the request itself, before or after the work. */
export type TransportBehaviour =
  | { readonly kind: 'fail'; readonly status: number; readonly retryAfter?: number | string; readonly body?: unknown }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'lose_answer' }
  /** `work: true` does the work first, so that a repeat finds the true answer; without it nothing is done. */
  | { readonly kind: 'garbage'; readonly shape?: 'text' | 'json'; readonly body?: unknown; readonly work?: boolean };

/** How the outside world tells the end of a long piece of work. */
export type CompletionBehaviour =
  | {
      readonly kind: 'callback';
      readonly mode: CallbackMode;
      readonly delayMs?: number;
      readonly error?: ReportedError;
    }
  | {
      readonly kind: 'poll';
      readonly times: number;
      readonly outcome?: 'failed';
      readonly retryAfter?: number;
      readonly error?: ReportedError;
    }
  | { readonly kind: 'instant' };

export type Behaviour = TransportBehaviour | CompletionBehaviour;
export type BehaviourKind = Behaviour['kind'];

export interface Script {
  readonly id: number;
  readonly match: ScriptMatch;
  /** How often it is still to be used; 0 or less when given means for ever. */
  readonly times: number;
  readonly behaviour: Behaviour;
}

export interface Settings {
  /** Milliseconds between the 202 and the first callback. */
  readonly callbackDelayMs: number;
  /** How many 202 answers a polled operation gives before its end. */
  readonly pollsBeforeDone: number;
  /** Seconds in the Retry-After header of a running operation. */
  readonly retryAfterSeconds: number;
}

export const DEFAULT_SETTINGS: Settings = { callbackDelayMs: 200, pollsBeforeDone: 2, retryAfterSeconds: 1 };

export interface LedgerEntry {
  readonly seq: number;
  readonly time: string;
  readonly method: string;
  readonly path: string;
  /**
   * The collection that was addressed (tenants, billing-profiles, operations, Users, Groups), the name of the Azure operation, or a
   * resource type.
   */
  readonly kind: string;
  readonly key: string | null;
  /** HTTP status of the answer that left; null when none left (yet). */
  readonly status: number | null;
  /** True if this very request changed the world. */
  readonly applied: boolean;
  /** 1 for the first request with this key; null without a key. */
  readonly attemptOfKey: number | null;
}

/** An answer as it is stored under its key and sent again byte for byte. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the work needs to know of the request it serves. */
export interface RequestContext {
  readonly seq: number;
  readonly key: string | undefined;
  readonly trace: string | undefined;
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  readonly rawBody: string;
}

/** A JSON answer without a body is never sent by the CSP; errors are `{error: {code, message}}`. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function errorAnswer(status: number, code: string, message: string): Answer {
  return jsonAnswer(status, { error: { code, message } });
}
