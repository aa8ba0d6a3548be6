import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Clock } from '#kernel';
import { Corrupt, StoreUnavailable } from '../errors.js';
import {
  START,
  type AllPage,
  type EventFilter,
  type Position,
  type Revision,
  type StoredEvent,
  type StreamName,
  type StreamPage,
} from '../port.js';
import { pageSize } from '../rules.js';
import type { Connection } from './connection.js';
import { Feed, type FeedSource } from './feed.js';
import { Pull } from './pull.js';
import { placeOf, reading } from './records.js';
import { headRequest, streamRequest } from './requests.js';

const PAGE_CHARACTERS = 4 * 1024 * 1024;
/** A filtered page that found nothing yet is given back empty after so long, so that its reader can go on from where it is. */
const PAGE_MS = 500;

type ReadEvent = ReadResp.ReadEvent;

/** The events of one read in order; a missing stream has none. Rejects when no message comes for `silenceMs`. */
export async function* readEvents(
  { connection, clock, silenceMs }: { connection: Connection; clock: Clock; silenceMs: number },
  request: ReadReq,
): AsyncGenerator<ReadEvent, void, void> {
  const { stream, abandon } = await connection.read(request);
  const pull = new Pull<ReadResp>(stream, clock, () => stream.cancel());
  try {
    for (;;) {
      const message = pull.now();
      const event = message?.getEvent();
      if (event !== undefined) yield event;
      if (message !== undefined) continue;
      const waited = await pull.wait(silenceMs);
      if (waited === 'end') return;
      if (waited === 'idle') {
        abandon();
        throw new StoreUnavailable(`no answer within ${silenceMs} ms`, true);
      }
    }
  } finally {
    pull.cancel();
  }
}

/** Position of the last event of $all, or START. */
export async function readHead(source: Omit<FeedSource, 'head'>): Promise<Position> {
  for await (const event of readEvents(source, headRequest())) return placeOf(event) ?? START;
  return START;
}

/** One page of a stream. Throws {@link Corrupt} at an event of a stream of ours that we did not write. */
export async function readStreamPage(
  source: Omit<FeedSource, 'head'>,
  stream: StreamName,
  options: { from?: Revision; direction?: 'forwards' | 'backwards'; limit?: number } = {},
): Promise<StreamPage> {
  const limit = pageSize(options.limit);
  const backwards = options.direction === 'backwards';
  // One more than asked for tells whether there is more.
  const request = streamRequest(source.names.toServer(stream), { from: options.from, backwards, count: limit + 1 });
  const events: StoredEvent[] = [];
  let characters = 0;
  for await (const read of readEvents(source, request)) {
    if (events.length === limit || characters > PAGE_CHARACTERS) return { events, end: false };
    const found = reading(read, source.names);
    if (found.kind !== 'event') throw foreign(stream, found.kind === 'parked' ? found.parked : undefined);
    events.push(found.event);
    characters += found.event.data.length + found.event.metadata.length;
  }
  return { events, end: true };
}

const foreign = (stream: StreamName, parked?: { readonly revision: number; readonly reason: string }) =>
  new Corrupt(`${stream}@${parked?.revision ?? '?'}: ${parked?.reason ?? 'it is no event of ours'}`, {
    stream,
    revision: parked?.revision,
  });

/** One page of $all, taken from a filtered subscription: the server's own filtered pages do not tell how far they have looked. */
export async function readAllPage(
  source: FeedSource,
  options: { after: Position; filter?: EventFilter; limit?: number },
): Promise<AllPage> {
  const limit = pageSize(options.limit);
  const { signal } = new AbortController();
  const since = source.clock.now();
  const events: StoredEvent[] = [];
  for await (const step of new Feed(source, { ...options, signal }).steps()) {
    events.push(...step.events);
    if (events.length > limit) return { events: events.slice(0, limit), next: events[limit - 1]!.position, end: false };
    const { position: next, caughtUp: end } = step;
    if (end || events.length === limit || source.clock.now() - since > PAGE_MS) return { events, next, end };
  }
  return { events, next: options.after, end: false };
}
