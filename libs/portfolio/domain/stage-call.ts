/**
 * One HTTP call of a stage, as data. A text `{name}` stands for a field of the payload, or for what an earlier call of the stage
 * took, `{name.part}` for a part of it; `{+name}` is the same without escaping, for values that are paths themselves. A text that is nothing but `{name}` keeps
 * the value's type, and a body's field whose name has no value is left out.
 */
export interface StageCall {
  /** Tells the calls of one stage apart; needed where there are several. */
  readonly name?: string;
  /** Which of the CSP's endpoints. */
  readonly api: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** In whose name; the CSP's access says what the names mean. Without one the call carries no token. */
  readonly token?: string;
  readonly body?: unknown;
  /** Looks at one element of a list in the answer: the first whose fields are these. None found takes nothing. */
  readonly find?: { readonly in: string; readonly where: Readonly<Record<string, unknown>> };
  /** What later calls and the result know from the answer: name to dot path. */
  readonly take?: Readonly<Record<string, string>>;
  /** Not made when this name is known already. */
  readonly unless?: string;
  /** Made only when this name is known. */
  readonly when?: string;
  /** Codes, or statuses as text, of refusals that do not matter: the stage goes on without this answer. */
  readonly tolerate?: readonly string[];
  /** Codes of refusals that pass by themselves: they are tried again like a busy CSP. */
  readonly again?: readonly string[];
  /** Made even after an earlier call of the stage failed. */
  readonly always?: boolean;
  /** Its effect ends with the attempt, so it is another request in every attempt. */
  readonly eachAttempt?: boolean;
}

/** Names of fields that hold what is known of a long-running operation. */
export interface OperationFields {
  /** Absolute address to ask. */
  readonly url: string;
  /** Seconds the CSP wants to be left alone first. */
  readonly retryAfter: string;
}
