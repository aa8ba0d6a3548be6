import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { randomUUID } from 'node:crypto';
import { filterOf, matching } from './filter.js';
import type { LogRecord, StandInLog } from './log.js';
import type { NodeView } from './node-state.js';
import { eventOf, nextOf, send, type ReadCall } from './answers.js';

/** A filtered catch-up subscription to $all: history, caught up, then what comes; checkpoints each so many events looked at. */
export async function subscribe(node: NodeView, call: ReadCall, options: ReadReq.Options): Promise<void> {
  const { log } = node.cluster;
  const filter = options.getFilter()!;
  const matches = matching(filterOf(filter));
  const interval = Math.max(1, (filter.getMax() || 32) * filter.getCheckpointintervalmultiplier());
  const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
  let open = await send(call, new streams.ReadResp().setConfirmation(confirmation));
  let index = firstIndex(log, options);
  let told = false;
  let considered = 0;
  while (open) {
    while (open && index < log.all.length) {
      const record = log.all[index++]!;
      const due = ++considered % interval === 0;
      if (matches(record)) open = await send(call, eventOf(log, record, false));
      if (open && due) open = await send(call, checkpoint(record));
    }
    if (!open) return;
    if (!told) open = await send(call, new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
    told = true;
    if (index === log.all.length) await nextOf(call, 'cancelled', (done) => log.onNext(done));
    open &&= !call.cancelled && !call.destroyed;
  }
}

function firstIndex(log: StandInLog, options: ReadReq.Options): number {
  const at = options.getAll()!;
  if (at.hasEnd()) return log.all.length;
  return at.hasPosition() ? log.indexBehind(Number(at.getPosition()!.getCommitPosition())) : 0;
}

function checkpoint(record: LogRecord): ReadResp {
  const message = new streams.ReadResp.Checkpoint().setCommitPosition(String(record.position));
  return new streams.ReadResp().setCheckpoint(message.setPreparePosition(String(record.position)));
}
