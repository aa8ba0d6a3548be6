declare const revisionBrand: unique symbol;
declare const positionBrand: unique symbol;

/** Place of an event in its stream, from 0. A safe integer; adapters map and assert. */
export type Revision = number & { readonly [revisionBrand]: true };
/** Place of an event in the log: grows, with gaps. A safe integer (EventStoreDB's commit position is a byte offset). */
export type Position = number & { readonly [positionBrand]: true };

export const revision = (value: number): Revision => value as Revision;
export const position = (value: number): Position => value as Position;
/** Before the first event: reading or subscribing from here gives everything. */
export const START = 0 as Position;

/** `category-id`; no dash inside a category. */
export type StreamName = string;
export const categoryOf = (stream: StreamName): string => stream.slice(0, stream.indexOf('-'));
export const idOf = (stream: StreamName): string => stream.slice(stream.indexOf('-') + 1);

export type ExpectedRevision = Revision | 'no_stream';

/** An event as it is stored: `data` and `metadata` are JSON texts without raw line breaks, stored and given back to the letter. */
export interface EncodedEvent {
  /** UUIDv8: the first 16 bytes of the event's chain hash. */
  readonly id: string;
  readonly type: string;
  readonly data: string;
  /** All events of one append carry the same metadata text. */
  readonly metadata: string;
}

export interface StoredEvent extends EncodedEvent {
  readonly stream: StreamName;
  readonly revision: Revision;
  readonly position: Position;
}

/** Revision and position of the last event of the append. */
export interface Appended {
  readonly revision: Revision;
  readonly position: Position;
}

export interface StreamPage {
  readonly events: readonly StoredEvent[];
  /** No more events in this direction. A missing stream is an empty page with `end`. */
  readonly end: boolean;
}

export interface AllPage {
  readonly events: readonly StoredEvent[];
  /** Read on from here; also moves over filtered-out events. */
  readonly next: Position;
  /** Nothing was behind `next` when this was read. */
  readonly end: boolean;
}

/** Events that match any stream prefix or any type. Empty or absent means all. */
export interface EventFilter {
  readonly streamPrefixes?: readonly string[];
  readonly types?: readonly string[];
}

export type Delivery =
  | { readonly kind: 'events'; readonly events: readonly StoredEvent[]; readonly position: Position }
  | { readonly kind: 'caughtUp'; readonly position: Position };

/**
 * The log. Two adapters (embedded, EventStoreDB), one for simulations, one contract suite.
 * Errors are {@link StoreError}s; nothing else is thrown.
 */
export interface EventStore {
  /** Stable over the store's life; another log has another id. */
  readonly logId: string;
  /**
   * All or nothing, acknowledged when durable. A repeat (stream ahead of `expected`, and the events behind it have the same ids in the
   * same order) answers as the first time; an empty append succeeds and writes nothing; anything else behind `expected` is
   * {@link WrongExpectedRevision}.
   */
  append(stream: StreamName, expected: ExpectedRevision, events: readonly EncodedEvent[]): Promise<Appended>;
  /** From `from` on, inclusive, in that direction; backwards without `from` begins at the last event. `limit` defaults to 500. */
  readStream(
    stream: StreamName,
    options?: { from?: Revision; direction?: 'forwards' | 'backwards'; limit?: number },
  ): Promise<StreamPage>;
  /** Behind `after` (exclusive), in log order. `limit` defaults to 500. */
  readAll(options: { after: Position; filter?: EventFilter; limit?: number }): Promise<AllPage>;
  /** Everything behind `after`, then what comes; pull-based; tells each time it has caught up. Ends when `signal` aborts. */
  subscribe(options: { after: Position; filter?: EventFilter; signal: AbortSignal }): AsyncIterable<Delivery>;
  /** Position of the last event, or START. */
  head(): Promise<Position>;
  /** Ends after what was appended is durable. */
  close(): Promise<void>;
}
