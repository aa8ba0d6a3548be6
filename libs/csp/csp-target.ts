import type { Failure, Vault } from '#kernel';
import type { HttpClient } from './http-client.js';

export type Values = Readonly<Record<string, unknown>>;

export interface TokenWanted {
  /** In whose name, as the stage's call says. */
  readonly token: string;
  /** The endpoint it is for. */
  readonly api: string;
  /** The stage's payload, with its secrets resolved. */
  readonly values: Values;
  readonly signal: AbortSignal;
}

/** How a CSP lets us in. */
export interface Access {
  /** The value of the Authorization header, or why there is none. */
  authorization(wanted: TokenWanted): Promise<{ readonly header: string; readonly fresh: boolean } | Failure>;
  /** The CSP did not take the token: it is not used again. */
  rejected(wanted: TokenWanted): void;
}

export interface CspTarget {
  readonly client: HttpClient;
  readonly vault: Vault;
  /** Base URL of each endpoint, by the names that calls use. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Whose tokens the calls carry; absent where none does. */
  readonly access?: Access;
  /** How long one attempt may take, ms; default 10 000. */
  readonly attemptMs?: number;
}
