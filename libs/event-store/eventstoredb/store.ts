import type { Credentials } from '@eventstore/db-client';
import { setMaxListeners } from 'node:events';
import { systemClock, type Clock } from '#kernel';
import { StoreError, StoreUnavailable, WrongExpectedRevision } from '../errors.js';
import {
  revision,
  type AllPage,
  type Appended,
  type Delivery,
  type EncodedEvent,
  type EventFilter,
  type EventStore,
  type ExpectedRevision,
  type Position,
  type Revision,
  type StreamName,
  type StreamPage,
} from '../port.js';
import { checkSize } from '../rules.js';
import type { WorkGroups } from '../work-feed.js';
import { appended, nothingAppended } from './append.js';
import { Connection } from './connection.js';
import type { FeedSource } from './feed.js';
import { Troubles, type StoreHealth } from './health.js';
import { logIdOf } from './log-id.js';
import { Names } from './names.js';
import { readAllPage, readHead, readStreamPage } from './pages.js';
import type { ParkedEvent } from './records.js';
import { appendMessages } from './requests.js';
import { Retrying } from './retrying.js';
import { supervised } from './supervisor.js';
import { EventStoreDbGroups } from './work-groups.js';

export interface EventStoreDbOptions {
  /** `esdb://host:2113?tls=false`, several hosts for a cluster, as the client takes it. */
  readonly url: string;
  readonly credentials?: Credentials;
  /** Shown by the server beside our calls; a random one by default. */
  readonly connectionName?: string;
  /** PURVEYOR_STREAM_PREFIX: stands before every stream name on the server, and only such streams are seen; ends in `_`. Default none. */
  readonly streamPrefix?: string;
  readonly clock?: Clock;
  readonly onWarning?: (message: string) => void;
  /** Told of every event in our streams that is not JSON; subscriptions and reads of the log go on without it. */
  readonly onParked?: (parked: ParkedEvent) => void;
  /** Deadline of one attempt, in ms; default 2000. */
  readonly deadlineMs?: number;
  /** How long a read is tried again before it fails, in ms; default 3000. */
  readonly readPatienceMs?: number;
  /** How long `close` waits for appends without an answer, in ms; default 5000. */
  readonly drainMs?: number;
}

/**
 * Opens the log in an EventStoreDB, waiting until the store answers for the first time. Throws StoreErrors: `store_access_denied`, or
 * `store_unavailable` after `readPatienceMs`.
 */
export async function openEventStoreDb(options: EventStoreDbOptions): Promise<EventStoreDbStore> {
  const store = new EventStoreDbStore(options);
  try {
    await store.identify();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The log in EventStoreDB, one node or a cluster. Made by {@link openEventStoreDb}. */
export class EventStoreDbStore implements EventStore {
  logId = '';
  /** Other processes may run on this log: nobody is proven dead (law 7). */
  readonly previousOwnerDead = false;
  readonly names: Names;
  readonly connection: Connection;
  private readonly clock: Clock;
  private readonly source: FeedSource;
  private readonly troubles: Troubles;
  private readonly calls: Retrying;
  private readonly closing = new AbortController();
  private readonly pending = new Set<Promise<unknown>>();

  constructor(private readonly options: EventStoreDbOptions) {
    const { url, credentials, connectionName, deadlineMs = 2_000, onWarning = () => {}, onParked = () => {} } = options;
    // One listener per open subscription and per append that waits for its next try.
    setMaxListeners(0, this.closing.signal);
    this.clock = options.clock ?? systemClock;
    this.names = new Names(options.streamPrefix ?? '');
    this.connection = new Connection({ url, credentials, connectionName, clock: this.clock, deadlineMs });
    this.troubles = new Troubles(this.clock, onWarning);
    this.calls = new Retrying(this.clock, this.troubles, this.closing.signal, options.readPatienceMs ?? 3_000);
    const { connection, names, clock } = this;
    this.source = { connection, names, clock, silenceMs: deadlineMs, onParked, head: () => readHead(this.source) };
  }

  /** Groups of workers on this log. */
  get groups(): WorkGroups {
    const { source, troubles, calls } = this;
    return new EventStoreDbGroups({ source, troubles, calls, closing: this.closing.signal });
  }

  /** Degraded while appends or subscriptions get no answer. */
  get health(): StoreHealth {
    return this.troubles.health;
  }

  async identify(): Promise<void> {
    this.logId = await this.calls.read(this.names.logIdStream, () => logIdOf(this.source));
  }

  append(stream: StreamName, expected: ExpectedRevision, events: readonly EncodedEvent[]): Promise<Appended> {
    if (this.closing.signal.aborted) return Promise.reject(closed());
    const writing = this.write(stream, expected, events);
    this.pending.add(writing);
    void writing.finally(() => this.pending.delete(writing)).catch(() => {});
    return writing;
  }

  readStream(
    stream: StreamName,
    options?: { from?: Revision; direction?: 'forwards' | 'backwards'; limit?: number },
  ): Promise<StreamPage> {
    return this.calls.read(stream, () => readStreamPage(this.source, stream, options));
  }

  readAll(options: { after: Position; filter?: EventFilter; limit?: number }): Promise<AllPage> {
    return this.calls.read('$all', () => readAllPage(this.source, options));
  }

  subscribe(options: { after: Position; filter?: EventFilter; signal: AbortSignal }): AsyncIterable<Delivery> {
    const signal = AbortSignal.any([options.signal, this.closing.signal]);
    return supervised(this.source, { ...options, signal }, this.troubles);
  }

  /** The last event of $all, whoever wrote it: positions move over what is not ours. */
  head(): Promise<Position> {
    return this.calls.read('$all', () => readHead(this.source));
  }

  /** Waits for appends that have no answer yet, at most `drainMs`; those left then reject with an unknown outcome. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    await this.drained(this.options.drainMs ?? 5_000);
    this.closing.abort();
    await Promise.allSettled(this.pending);
    await this.connection.close();
  }

  private async write(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EncodedEvent[],
  ): Promise<Appended> {
    if (!this.names.allows(stream)) throw new StoreError('store_refused', `${stream} is no name of a stream`);
    checkSize(stream, events);
    if (events.length === 0) return nothingAppended(expected, await this.head());
    const messages = appendMessages(this.names.toServer(stream), expected, events);
    const at = await this.calls.append(stream, async () => {
      const answer = appended(stream, expected, await this.connection.append(messages));
      return answer instanceof WrongExpectedRevision ? this.repeated(answer, events) : answer;
    });
    if (at.position !== undefined) return { revision: at.revision, position: at.position };
    const page = await this.readStream(stream, { from: at.revision, limit: 1 });
    return { revision: at.revision, position: page.events[0]!.position };
  }

  /**
   * A conflict, unless what stands behind the expected revision are these very events. The server recognises a repeat by its index; while
   * the first attempt is not indexed yet it relies on a table by event id alone, which the same event in another stream (a second log on
   * the same server) spoils.
   */
  private async repeated(conflict: WrongExpectedRevision, events: readonly EncodedEvent[]): Promise<Appended> {
    const { stream, expected, actual } = conflict;
    const from = expected === 'no_stream' ? 0 : expected + 1;
    if (actual === 'no_stream' || actual < from + events.length - 1) throw conflict;
    const page = await readStreamPage(this.source, stream, { from: revision(from), limit: events.length });
    if (page.events.length < events.length) throw new StoreUnavailable(`${stream} is not indexed yet`, false);
    const last = page.events.at(-1)!;
    if (page.events.some(({ id }, i) => id !== events[i]!.id)) throw conflict;
    return { revision: last.revision, position: last.position };
  }

  private async drained(ms: number): Promise<void> {
    if (this.pending.size === 0) return;
    let cancel = () => {};
    const late = new Promise<void>((resolve) => (cancel = this.clock.after(ms, resolve)));
    await Promise.race([Promise.allSettled(this.pending), late]);
    cancel();
  }
}

const closed = () => new StoreUnavailable('the log is closed', true);
