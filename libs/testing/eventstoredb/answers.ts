import type { ServerWritableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { once } from 'node:events';
import type { LogRecord, StandInLog } from './log.js';
import { fillRecorded } from './wire.js';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** Writes with back-pressure; false when the call was cancelled. */
export async function send(call: ReadCall, message: ReadResp): Promise<boolean> {
  if (call.cancelled) return false;
  if (!call.write(message))
    await Promise.race([once(call, 'drain'), once(call, 'cancelled'), once(call, 'close')]).catch(() => {});
  return !call.cancelled;
}

/** An event as it is read; with links resolved the target stands beside its link, or is missing. */
export function eventOf(log: StandInLog, record: LogRecord, resolveLinks: boolean): ReadResp {
  const message = new streams.ReadResp.ReadEvent().setCommitPosition(String(record.position));
  const recorded = (of: LogRecord) => fillRecorded(new streams.ReadResp.ReadEvent.RecordedEvent(), of);
  if (!resolveLinks || record.type !== '$>') message.setEvent(recorded(record));
  else {
    message.setLink(recorded(record));
    const target = targetOf(log, record);
    if (target !== undefined) message.setEvent(recorded(target));
  }
  return new streams.ReadResp().setEvent(message);
}

/** A link's data is `revision@stream`. */
export function targetOf(log: StandInLog, link: LogRecord): LogRecord | undefined {
  const text = link.data.toString();
  const at = text.indexOf('@');
  return log.stream(text.slice(at + 1))[Number(text.slice(0, at))];
}
