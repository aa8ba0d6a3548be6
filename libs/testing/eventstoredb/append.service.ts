import { status, type sendUnaryData, type ServerReadableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendResult, ProposedRecord } from './log.js';
import { leaderError, type NodeView } from './node-state.js';
import { empty, exception, nameOf, unimplemented } from './wire.js';

const MAX_APPEND_BYTES = 1024 * 1024;

type Call = ServerReadableStream<AppendReq, AppendResp>;

/** Unary Append with an expected revision; 'any' and 'stream exists' are not what our adapter uses. */
export function append(node: NodeView) {
  return (call: Call, answer: sendUnaryData<AppendResp>): void => {
    const messages: AppendReq[] = [];
    call.on('data', (message: AppendReq) => messages.push(message));
    call.on('end', () =>
      // The end of a client that died in the middle looks like the end of its request until the cancellation is told, a turn later.
      setImmediate(() => {
        if (call.cancelled) return;
        const refused = leaderError(node, call.metadata) ?? misuse(messages);
        if (refused) answer(refused);
        else write(node, messages, answer);
      }),
    );
  };
}

function write(node: NodeView, [header, ...messages]: AppendReq[], answer: sendUnaryData<AppendResp>): void {
  const options = header!.getOptions()!;
  const expected = options.hasNoStream() ? -1 : Number(options.getRevision());
  const events = messages.map((message) => proposed(message.getProposedMessage()!));
  const result = node.cluster.log.append(nameOf(options.getStreamIdentifier()), expected, events);
  if (node.cluster.loseAnswers > 0) {
    node.cluster.loseAnswers--;
    node.cut();
  } else answer(null, answerOf(result, expected));
}

function misuse([header, ...messages]: AppendReq[]) {
  const options = header?.getOptions();
  if (options === undefined || !(options.hasNoStream() || options.hasRevision()))
    return unimplemented('such an append');
  let bytes = 0;
  for (const message of messages) bytes += message.getProposedMessage()?.getData_asU8().length ?? 0;
  if (bytes <= MAX_APPEND_BYTES) return undefined;
  const details = `Maximum Append Size of ${MAX_APPEND_BYTES} Exceeded.`;
  const trailers = { 'maximum-append-size': String(MAX_APPEND_BYTES) };
  return exception(status.INVALID_ARGUMENT, details, 'maximum-append-size-exceeded', trailers);
}

function proposed(message: AppendReq.ProposedMessage): ProposedRecord {
  const map = message.getMetadataMap();
  return {
    id: message.getId()!.getString(),
    type: map.get('type') ?? '',
    isJson: map.get('content-type') === 'application/json',
    data: Buffer.from(message.getData_asU8()),
    metadata: Buffer.from(message.getCustomMetadata_asU8()),
  };
}

function answerOf(result: AppendResult, expected: number): AppendResp {
  if (result.kind === 'wrongVersion') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (result.current < 0) wrong.setCurrentNoStream(empty());
    else wrong.setCurrentRevision(String(result.current));
    if (expected < 0) wrong.setExpectedNoStream(empty());
    else wrong.setExpectedRevision(String(expected));
    return new streams.AppendResp().setWrongExpectedVersion(wrong);
  }
  const success = new streams.AppendResp.Success();
  if (result.last === undefined) return new streams.AppendResp().setSuccess(success.setNoPosition(empty()));
  const at = new streams.AppendResp.Position();
  at.setCommitPosition(String(result.last.position)).setPreparePosition(String(result.last.position));
  success.setCurrentRevision(String(result.last.revision)).setPosition(at);
  return new streams.AppendResp().setSuccess(success);
}
