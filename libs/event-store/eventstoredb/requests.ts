import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { EncodedEvent, ExpectedRevision, Position, Revision } from '../port.js';
import type { ServerFilter } from './names.js';

/** Events that a filtered read may look at before it tells a checkpoint. */
const SEARCH_WINDOW = 512;

const { ReadDirection } = streams.ReadReq.Options;

const empty = () => new shared.Empty();
const encode = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const identifier = (stream: string) => new shared.StreamIdentifier().setStreamName(encode(stream));

/** The messages of one unary Append: options, then the events with their texts as bytes. */
export function appendMessages(
  stream: string,
  expected: ExpectedRevision,
  events: readonly EncodedEvent[],
): readonly AppendReq[] {
  const options = new streams.AppendReq.Options().setStreamIdentifier(identifier(stream));
  if (expected === 'no_stream') options.setNoStream(empty());
  else options.setRevision(String(expected));
  return [new streams.AppendReq().setOptions(options), ...events.map(proposed)];
}

function proposed(event: EncodedEvent): AppendReq {
  const message = new streams.AppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(event.id))
    .setData(encode(event.data))
    .setCustomMetadata(encode(event.metadata));
  message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  return new streams.AppendReq().setProposedMessage(message);
}

export interface StreamRead {
  readonly from?: Revision;
  readonly backwards: boolean;
  readonly count: number;
  readonly resolveLinks?: boolean;
}

export function streamRequest(stream: string, { from, backwards, count, resolveLinks = false }: StreamRead): ReadReq {
  const at = new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifier(stream));
  if (from !== undefined) at.setRevision(String(from));
  else if (backwards) at.setEnd(empty());
  else at.setStart(empty());
  const options = base(backwards).setStream(at).setCount(String(count)).setNoFilter(empty());
  return new streams.ReadReq().setOptions(options.setResolveLinks(resolveLinks));
}

/** The last event of $all, whoever wrote it. */
export function headRequest(): ReadReq {
  const at = new streams.ReadReq.Options.AllOptions().setEnd(empty());
  return new streams.ReadReq().setOptions(base(true).setAll(at).setCount('1').setNoFilter(empty()));
}

/** A filtered catch-up subscription to $all behind `after` (exclusive). */
export function subscribeRequest(after: Position, filter: ServerFilter): ReadReq {
  const at = new streams.ReadReq.Options.AllOptions();
  if (after === 0) at.setStart(empty());
  else {
    const place = new streams.ReadReq.Options.Position()
      .setCommitPosition(String(after))
      .setPreparePosition(String(after));
    at.setPosition(place);
  }
  const subscription = new streams.ReadReq.Options.SubscriptionOptions();
  const options = base(false).setAll(at).setSubscription(subscription).setFilter(filterOptions(filter));
  return new streams.ReadReq().setOptions(options);
}

function filterOptions(filter: ServerFilter) {
  const options = new streams.ReadReq.Options.FilterOptions().setMax(SEARCH_WINDOW).setCheckpointintervalmultiplier(1);
  const expression = new streams.ReadReq.Options.FilterOptions.Expression();
  if ('streamPrefixes' in filter)
    return options.setStreamIdentifier(expression.setPrefixList([...filter.streamPrefixes]));
  return options.setEventType(expression.setRegex(filter.typePattern));
}

const base = (backwards: boolean) =>
  new streams.ReadReq.Options()
    .setReadDirection(backwards ? ReadDirection.BACKWARDS : ReadDirection.FORWARDS)
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(empty()));
