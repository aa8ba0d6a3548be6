import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/persistent_pb.js';
import { randomUUID } from 'node:crypto';
import type { Consumer, Group, GroupMessage } from './group.js';
import { leaderError, type NodeView } from './node-state.js';
import { missing } from './persistent.service.js';
import { empty, exception, fillRecorded, unimplemented } from './wire.js';

type Call = ServerDuplexStream<ReadReq, ReadResp>;

const { PARK, RETRY } = persistent.ReadReq.Nack.Action;

/** A consumer's connection to its group: options first, then acknowledgements. */
export function consume(node: NodeView) {
  return (call: Call): void => {
    call.on('error', () => {});
    call.once('data', (first: ReadReq) => {
      const options = first.getOptions();
      const group = node.cluster.groups.get(options?.getGroupName() ?? '');
      const refused =
        leaderError(node, call.metadata, true) ??
        (options?.hasAll() ? undefined : unimplemented('persistent subscription to one stream'));
      if (refused !== undefined) call.emit('error', refused);
      else if (group === undefined) call.emit('error', missing(options!.getGroupName()));
      else connect(call, group, options!.getBufferSize());
    });
  };
}

function connect(call: Call, group: Group, capacity: number): void {
  const { name } = group.config;
  const consumer: Consumer = {
    capacity,
    inFlight: new Map(),
    send: (message) => void call.write(eventOf(message)),
    drop: () => void call.emit('error', dropped(name)),
  };
  const confirmation = new persistent.ReadResp.SubscriptionConfirmation().setSubscriptionId(`${randomUUID()}::${name}`);
  call.write(new persistent.ReadResp().setSubscriptionConfirmation(confirmation));
  call.on('data', (message: ReadReq) => acknowledge(group, consumer, message));
  const leave = () => group.leave(consumer);
  call.on('cancelled', leave);
  call.on('close', leave);
  call.on('end', () => {
    leave();
    call.end();
  });
  group.join(consumer);
}

function acknowledge(group: Group, consumer: Consumer, message: ReadReq): void {
  for (const id of message.getAck()?.getIdsList() ?? []) group.ack(consumer, id.getString());
  const nack = message.getNack();
  if (nack === undefined) return;
  const action = nack.getAction() === PARK ? 'park' : nack.getAction() === RETRY ? 'retry' : 'skip';
  for (const id of nack.getIdsList()) group.nack(consumer, id.getString(), action, nack.getReason());
}

const dropped = (group: string) =>
  exception(
    status.CANCELLED,
    `Subscription group ${group} on stream $all was dropped.`,
    'persistent-subscription-dropped',
    {
      'stream-name': '$all',
      'group-name': group,
    },
  );

function eventOf({ record, link, retries }: GroupMessage): ReadResp {
  const recorded = () => new persistent.ReadResp.ReadEvent.RecordedEvent();
  const message = new persistent.ReadResp.ReadEvent().setEvent(fillRecorded(recorded(), record));
  if (link !== undefined) message.setLink(fillRecorded(recorded(), link));
  message.setCommitPosition(String((link ?? record).position));
  if (retries > 0) message.setRetryCount(retries);
  else message.setNoRetryCount(empty());
  return new persistent.ReadResp().setEvent(message);
}
