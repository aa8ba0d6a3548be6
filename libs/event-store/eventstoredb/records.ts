import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { Corrupt } from '../errors.js';
import { position, revision, type Position, type StoredEvent } from '../port.js';
import type { Names } from './names.js';

type ReadEvent = ReadResp.ReadEvent;
type RecordedEvent = ReadResp.ReadEvent.RecordedEvent;

/** An event in one of our streams that is not ours to read: the log goes on without it, and it is told. */
export interface ParkedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly reason: string;
}

export type Reading =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'parked'; readonly parked: ParkedEvent }
  /** A foreign or system event, or a link whose target is gone. */
  | { readonly kind: 'other' };

/** A number of the server as ours; they are below 2^53 for 8 PiB of log. Throws {@link Corrupt} beyond. */
export function safeInteger(text: string | number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Corrupt(`${text} is not a position or revision`);
  return value;
}

/** Where a read event stands in $all: the link's place if it was resolved from one. */
export function placeOf(read: ReadEvent): Position | undefined {
  const at = read.getLink() ?? read.getEvent();
  return at === undefined ? undefined : position(safeInteger(at.getCommitPosition()));
}

/** Reads what the server gave for one place of the log. */
export function reading(read: ReadEvent, names: Names): Reading {
  const record = read.getEvent();
  if (record === undefined || read.hasLink()) return { kind: 'other' };
  const stream = names.fromServer(nameOf(record));
  const type = record.getMetadataMap().get('type') ?? '';
  if (stream === undefined || type.startsWith('$')) return { kind: 'other' };
  const place = {
    stream,
    revision: revision(safeInteger(record.getStreamRevision())),
    position: position(safeInteger(record.getCommitPosition())),
  };
  const [data, metadata] = [text(record.getData_asU8()), text(record.getCustomMetadata_asU8())];
  const reason = notOurs(record, data, metadata);
  if (reason !== undefined) return { kind: 'parked', parked: { ...place, reason } };
  return { kind: 'event', event: { id: record.getId()!.getString(), type, data, metadata, ...place } };
}

export const nameOf = (record: RecordedEvent): string => text(record.getStreamIdentifier()!.getStreamName_asU8());

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

function notOurs(record: RecordedEvent, data: string, metadata: string): string | undefined {
  if (record.getMetadataMap().get('content-type') !== 'application/json') return 'its content type is not JSON';
  if (!isJson(data)) return 'its data is not JSON';
  if (!metadata.startsWith('{') || !isJson(metadata)) return 'its metadata is not a JSON object';
  return undefined;
}

function isJson(candidate: string): boolean {
  try {
    JSON.parse(candidate);
    return true;
  } catch {
    return false;
  }
}
