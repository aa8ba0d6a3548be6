import type { Clock } from '#kernel';
import {
  checkedHash,
  checkSize,
  follow,
  matcher,
  pageSize,
  position,
  revision,
  StoreUnavailable,
  Wakeups,
  WrongExpectedRevision,
  chainHash,
  eventId,
  CHAIN_START,
  type AllPage,
  type Appended,
  type Delivery,
  type EncodedEvent,
  type EventFilter,
  type EventMetadata,
  type EventStore,
  type ExpectedRevision,
  type Position,
  type Revision,
  type StoredEvent,
  type StreamName,
  type StreamPage,
} from '#event-store';

interface Stream {
  readonly events: StoredEvent[];
  hash: string;
}

interface Failure {
  readonly error: Error;
  readonly afterWriting: boolean;
}

/** The log in memory, for single-threaded simulations: same semantics as the others, no timers, no I/O, and failures on demand. */
export class SimulatedStore implements EventStore {
  readonly logId: string;
  private streams = new Map<StreamName, Stream>();
  private log: StoredEvent[] = [];
  private wakeups = new Wakeups();
  private readonly failures: Failure[] = [];

  constructor(options: { logId?: string; clock?: Clock } = {}) {
    this.logId = options.logId ?? `simulated-${options.clock?.now() ?? 0}`;
  }

  /** The next append fails with `error`: before anything is written, or after it was written and only the answer is lost. */
  failNext(error: Error, options: { afterWriting?: boolean } = {}): void {
    this.failures.push({ error, afterWriting: options.afterWriting ?? false });
  }

  /** The same log opened again after it was closed. */
  reopen(): SimulatedStore {
    const other = new SimulatedStore({ logId: this.logId });
    other.streams = this.streams;
    other.log = this.log;
    return other;
  }

  async append(stream: StreamName, expected: ExpectedRevision, events: readonly EncodedEvent[]): Promise<Appended> {
    this.assertOpen();
    const failure = this.failures.shift();
    if (failure && !failure.afterWriting) throw failure.error;
    const answer = this.write(stream, expected, events);
    if (failure) throw failure.error;
    return answer;
  }

  async readStream(
    stream: StreamName,
    options: { from?: Revision; direction?: 'forwards' | 'backwards'; limit?: number } = {},
  ): Promise<StreamPage> {
    this.assertOpen();
    const all = this.streams.get(stream)?.events ?? [];
    const limit = pageSize(options.limit);
    if (options.direction !== 'backwards') {
      const from = options.from ?? 0;
      return { events: all.slice(from, from + limit), end: from + limit >= all.length };
    }
    const from = Math.min(options.from ?? all.length - 1, all.length - 1);
    const lowest = Math.max(0, from - limit + 1);
    return { events: all.slice(lowest, from + 1).reverse(), end: lowest === 0 };
  }

  async readAll(options: { after: Position; filter?: EventFilter; limit?: number }): Promise<AllPage> {
    this.assertOpen();
    const matches = matcher(options.filter);
    const limit = pageSize(options.limit);
    const events: StoredEvent[] = [];
    let next: number = options.after;
    while (next < this.log.length && events.length < limit) {
      const event = this.log[next++]!;
      if (matches(event)) events.push(event);
    }
    return { events, next: position(next), end: next >= this.log.length };
  }

  subscribe(options: { after: Position; filter?: EventFilter; signal: AbortSignal }): AsyncIterable<Delivery> {
    const read = (after: Position) => this.readAll({ after, filter: options.filter });
    return follow(this.wakeups, read, () => position(this.log.length), options);
  }

  async head(): Promise<Position> {
    this.assertOpen();
    return position(this.log.length);
  }

  async close(): Promise<void> {
    this.wakeups.close();
  }

  private write(stream: StreamName, expected: ExpectedRevision, events: readonly EncodedEvent[]): Appended {
    checkSize(stream, events);
    const held = this.streams.get(stream) ?? { events: [], hash: CHAIN_START };
    const actual = held.events.length - 1;
    if (events.length === 0) return { revision: revision(actual), position: position(this.log.length) };
    const wanted = expected === 'no_stream' ? -1 : expected;
    if (actual !== wanted) {
      const repeat = held.events.slice(wanted + 1, wanted + 1 + events.length);
      const last = repeat.at(-1);
      if (last && repeat.length === events.length && repeat.every((stored, i) => stored.id === events[i]!.id))
        return { revision: last.revision, position: last.position };
      throw new WrongExpectedRevision(stream, expected, actual < 0 ? 'no_stream' : revision(actual));
    }
    held.hash = checkedHash(stream, actual, held.hash, events);
    this.streams.set(stream, held);
    for (const event of events) this.push(stream, held, event);
    this.wakeups.wake();
    return { revision: revision(held.events.length - 1), position: position(this.log.length) };
  }

  private push(stream: StreamName, held: Stream, event: EncodedEvent): void {
    const { id, type, data, metadata } = event;
    const at = { revision: revision(held.events.length), position: position(this.log.length + 1) };
    const stored: StoredEvent = { id, type, data, metadata, stream, ...at };
    held.events.push(stored);
    this.log.push(stored);
  }

  private assertOpen(): void {
    if (this.wakeups.closed) throw new StoreUnavailable('the log is closed', true);
  }
}

/** Encodes events for raw appends in tests: one metadata text, ids from the hash chain, as the codec does. */
export function chained(
  stream: StreamName,
  head: { readonly revision: number; readonly hash: string },
  events: readonly { readonly type: string; readonly data: unknown }[],
  about: Partial<EventMetadata> = {},
): { readonly events: readonly EncodedEvent[]; readonly head: { readonly revision: number; readonly hash: string } } {
  const metadata = JSON.stringify({ commandId: 'test', time: 0, ...about, prev: head.hash });
  let { hash, revision: at } = head;
  const encoded = events.map(({ type, data }) => {
    const text = JSON.stringify(data);
    hash = chainHash(hash, stream, ++at, type, text, metadata);
    return { id: eventId(hash), type, data: text, metadata };
  });
  return { events: encoded, head: { revision: at, hash } };
}
