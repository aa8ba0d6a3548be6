import type { EventMetadata } from './metadata.js';
import type { Revision, StreamName } from './port.js';

/** Tells a worker that a stream has a new event. It wakes; what is owed is decided from the stream. Delivered at least once. */
export interface WorkMessage {
  readonly stream: StreamName;
  readonly revision: Revision;
  readonly metadata: EventMetadata;
  /** How often it was delivered before. */
  readonly retries: number;
  /** The intent it makes owed is recorded, or nothing is owed. A lost acknowledgement means another delivery. */
  ack(): void;
  /** It is delivered again, and parked when that happened too often. */
  nack(reason: string): void;
}

/** The share of one worker in a group's messages; those of one stream go to one worker while workers neither come nor go. */
export interface WorkFeed {
  /** Outlives connections and ends only when the signal aborts; what is not acknowledged then goes to others. */
  messages(signal: AbortSignal): AsyncIterable<WorkMessage>;
}

export interface WorkGroupInfo {
  readonly name: string;
  readonly strategy: string;
  readonly workers: number;
  /** Delivered and not acknowledged yet. */
  readonly inFlight: number;
  readonly parked: number;
}

export interface ParkedMessage {
  readonly stream: StreamName;
  readonly revision: Revision;
  readonly reason: string;
  /** ms since the epoch */
  readonly parkedAt: number;
}

/**
 * Groups of workers on the server, made by setup and never by a worker. The filter of a group cannot be changed, so its name carries a
 * version.
 */
export interface WorkGroups {
  /** Creates the group at the end of the log or updates its settings, reads it back and throws StoreError `store_refused` if it is not pinned. */
  setup(name: string, streamPrefixes: readonly string[]): Promise<'created' | 'updated'>;
  /** Undefined for a group that does not exist. */
  info(name: string): Promise<WorkGroupInfo | undefined>;
  list(): Promise<readonly WorkGroupInfo[]>;
  remove(name: string): Promise<void>;
  /** The oldest parked messages first. */
  parked(name: string, limit?: number): Promise<readonly ParkedMessage[]>;
  /** Delivers parked messages again, all or the oldest `count`. */
  replayParked(name: string, count?: number): Promise<void>;
  /** `inFlight`: messages this worker takes without having acknowledged earlier ones. */
  feed(name: string, options?: { readonly inFlight?: number }): WorkFeed;
}
