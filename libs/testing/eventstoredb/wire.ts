import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { LogRecord } from './log.js';

export const empty = () => new shared.Empty();
export const identifier = (stream: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
export const uuid = (id: string) => new shared.UUID().setString(id);

interface Identifier {
  getStreamName_asU8(): Uint8Array;
}
export const nameOf = (id: Identifier | undefined): string => Buffer.from(id!.getStreamName_asU8()).toString();

/** What all the generated RecordedEvent classes have in common. */
interface Recorded {
  setId(id: ReturnType<typeof uuid>): this;
  setStreamIdentifier(id: ReturnType<typeof identifier>): this;
  setStreamRevision(revision: string): this;
  setPreparePosition(position: string): this;
  setCommitPosition(position: string): this;
  getMetadataMap(): { set(key: string, value: string): unknown };
  setCustomMetadata(bytes: Uint8Array): this;
  setData(bytes: Uint8Array): this;
}

/** .NET ticks (100 ns) of a time in ms, as the server tells when an event was created. */
const TICKS = 10_000;

export function fillRecorded<T extends Recorded>(message: T, record: LogRecord): T {
  message
    .setId(uuid(record.id))
    .setStreamIdentifier(identifier(record.stream))
    .setStreamRevision(String(record.revision))
    .setPreparePosition(String(record.position))
    .setCommitPosition(String(record.position))
    .setCustomMetadata(record.metadata)
    .setData(record.data);
  const map = message.getMetadataMap();
  map.set('type', record.type);
  map.set('created', String(BigInt(record.created) * BigInt(TICKS)));
  map.set('content-type', record.isJson ? 'application/json' : 'application/octet-stream');
  return message;
}

/** A gRPC status with the server's `exception` trailer and what belongs to it. */
export function exception(
  code: status,
  details: string,
  name?: string,
  trailers: Readonly<Record<string, string>> = {},
): Partial<ServiceError> & { code: status; details: string } {
  const metadata = new Metadata();
  if (name !== undefined) metadata.set('exception', name);
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return { code, details, metadata };
}

export const notLeader = (host: string, port: number) =>
  exception(status.NOT_FOUND, 'Leader info available', 'not-leader', {
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const notReady = () => exception(status.UNAVAILABLE, 'Server Is Not Ready');
export const unimplemented = (what: string) => exception(status.UNIMPLEMENTED, `the stand-in has no ${what}`);
