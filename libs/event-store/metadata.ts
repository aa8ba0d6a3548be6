import { Corrupt } from './errors.js';
import type { StoredEvent } from './port.js';

/** What is stored beside every event; the same text for all events of one append. */
export interface EventMetadata {
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly actor: string;
  readonly tenant: string;
  readonly commandId: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Schema version per event type in this append, where it is not 1. */
  readonly versions?: Readonly<Record<string, number>>;
  readonly traceparent?: string;
  /** HMAC of the creating request's body (Idempotency-Key). */
  readonly bodyHash?: string;
  /** Chain hash of the event before this append ('' at the start of a stream). */
  readonly prev: string;
  /**
   * What the instance owes after this append, for the worklist: absent when it is finished or waits for nothing but is not driven.
   * `run`: an effect is owed or under way; `due`: earliest time at which someone must look (ms), null when only a person or a
   * callback can move it; `busy`: until when (ms) an attempt is under way, absent while none is.
   */
  readonly owed?: { readonly run: boolean; readonly due: number | null; readonly busy?: number };
  /** The runner that appended this goes on with it by itself: no other worker need be woken. */
  readonly goesOn?: true;
}

/** An event as contexts, projections and audit see it. */
export interface RecordedEvent<T extends string = string, D = unknown> {
  readonly type: T;
  readonly data: D;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly metadata: EventMetadata;
}

type Place = Pick<StoredEvent, 'stream' | 'revision'>;

/** As stored. Throws {@link Corrupt}: metadata that cannot even be read are as bad as changed ones. */
export const metadataOf = (event: Place & Pick<StoredEvent, 'metadata'>): EventMetadata =>
  objectIn(event, 'metadata', event.metadata) as EventMetadata;

/** As stored: of an older version, and sealed where personal. Throws {@link Corrupt} where it cannot be read. */
export const dataOf = (event: Place & Pick<StoredEvent, 'data'>): Readonly<Record<string, unknown>> =>
  objectIn(event, 'data', event.data) as Readonly<Record<string, unknown>>;

function objectIn({ stream, revision }: Place, what: string, text: string): object {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null) return value;
  throw new Corrupt(`${stream}@${revision}: its ${what} cannot be read`, { stream, revision });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
