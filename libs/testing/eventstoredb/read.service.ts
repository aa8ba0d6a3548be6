import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { eventOf, send, type ReadCall } from './answers.js';
import type { LogRecord, StandInLog } from './log.js';
import { leaderError, type NodeView } from './node-state.js';
import { subscribe } from './subscription.service.js';
import { identifier, nameOf, unimplemented } from './wire.js';

const { FORWARDS } = streams.ReadReq.Options.ReadDirection;

/** Read: pages of a stream or of $all, both ways, and filtered subscriptions to $all. */
export function read(node: NodeView) {
  return (call: ReadCall): void => {
    // A client that went away; nothing to tell it.
    call.on('error', () => {});
    const options = call.request.getOptions()!;
    const refused = leaderError(node, call.metadata) ?? notServed(options);
    if (refused) call.emit('error', refused);
    else if (options.hasSubscription()) void subscribe(node, call, options);
    else void page(node.cluster.log, call, options);
  };
}

function notServed(options: ReadReq.Options) {
  if (options.hasSubscription())
    return options.hasAll() && options.hasFilter() ? undefined : unimplemented('such a subscription');
  return options.hasFilter() ? unimplemented('filtered page') : undefined;
}

async function page(log: StandInLog, call: ReadCall, options: ReadReq.Options): Promise<void> {
  const records = options.hasAll() ? ofAll(log, options) : ofStream(log, options);
  if (records === undefined) {
    const missing = new streams.ReadResp.StreamNotFound();
    missing.setStreamIdentifier(identifier(nameOf(options.getStream()!.getStreamIdentifier())));
    call.write(new streams.ReadResp().setStreamNotFound(missing));
  }
  for (const record of (records ?? []).slice(0, Number(options.getCount())))
    if (!(await send(call, eventOf(log, record, options.getResolveLinks())))) return;
  call.end();
}

function ofStream(log: StandInLog, options: ReadReq.Options): readonly LogRecord[] | undefined {
  const at = options.getStream()!;
  const stream = nameOf(at.getStreamIdentifier());
  const held = log.stream(stream);
  if (held.length === 0) return undefined;
  const first = log.truncatedBefore(stream);
  if (options.getReadDirection() === FORWARDS)
    return held.slice(Math.max(first, at.hasRevision() ? Number(at.getRevision()) : 0));
  const from = at.hasRevision() ? Number(at.getRevision()) : at.hasStart() ? 0 : held.length - 1;
  return held.slice(first, from + 1).reverse();
}

/** Inclusive forwards, exclusive backwards. */
function ofAll(log: StandInLog, options: ReadReq.Options): readonly LogRecord[] {
  const at = options.getAll()!;
  const place = at.hasPosition() ? Number(at.getPosition()!.getCommitPosition()) : undefined;
  if (options.getReadDirection() === FORWARDS)
    return place === undefined ? log.all : log.all.slice(log.indexBehind(place - 1));
  const count = Number(options.getCount());
  const end = place === undefined ? (at.hasStart() ? 0 : log.all.length) : log.indexBehind(place - 1);
  return log.all.slice(Math.max(0, end - count), end).reverse();
}
