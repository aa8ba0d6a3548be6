/** A fact: past-tense type constant and its data (the delta, never the whole state). */
export interface DomainEvent<T extends string = string, D = unknown> {
  readonly type: T;
  readonly data: D;
}

/** An intention, named in the imperative. */
export interface Command<T extends string = string> {
  readonly type: T;
}

/**
 * Who asks and in which flow. In every signature from the first day.
 * `commandId` is what a repeat is recognised by (law 9); `time` is milliseconds since the epoch.
 */
export interface CommandContext {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
  readonly tenant: string;
  readonly traceparent?: string;
  /** HMAC of the request body of a creating command, kept in the first event's metadata (HTTP Idempotency-Key). */
  readonly bodyHash?: string;
}
