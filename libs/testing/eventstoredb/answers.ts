import type { ServerWritableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { LogRecord, StandInLog } from './log.js';
import { fillRecorded } from './wire.js';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** Writes with back-pressure; false when the call was cancelled. */
export async function send(call: ReadCall, message: ReadResp): Promise<boolean> {
  if (!isOpen(call)) return false;
  if (!call.write(message)) await nextOf(call, 'drain');
  return isOpen(call);
}

const isOpen = (call: ReadCall) => !call.cancelled && !call.destroyed;

/** Resolves at the event, or when the call is over. */
export function nextOf(
  call: ReadCall,
  event: string,
  also: (done: () => void) => () => void = () => () => {},
): Promise<void> {
  return new Promise((resolve) => {
    const names = [event, 'cancelled', 'close'];
    const done = () => {
      forget();
      for (const name of names) call.off(name, done);
      resolve();
    };
    const forget = also(() => done());
    for (const name of names) call.on(name, done);
    if (!isOpen(call)) done();
  });
}

/** An event as it is read; with links resolved the target stands beside its link, or is missing. */
export function eventOf(log: StandInLog, record: LogRecord, resolveLinks: boolean): ReadResp {
  const message = new streams.ReadResp.ReadEvent().setCommitPosition(String(record.position));
  const recorded = (of: LogRecord) => fillRecorded(new streams.ReadResp.ReadEvent.RecordedEvent(), of);
  if (!resolveLinks || record.type !== '$>') message.setEvent(recorded(record));
  else {
    message.setLink(recorded(record));
    const target = log.targetOf(record);
    if (target !== undefined) message.setEvent(recorded(target));
  }
  return new streams.ReadResp().setEvent(message);
}
